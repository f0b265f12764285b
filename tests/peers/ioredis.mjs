// ioredis, as it is on npm, under load; see lib/program.mjs for how it is started. Its released versions do not ask for maintenance
// notifications (`sch` in the verdict says whether this one does), so it stands for every client that knows nothing of them.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { runPeer } from './lib/program.mjs';
import { Verdict } from './lib/verdict.mjs';
import * as workers from './lib/workers.mjs';

const require = createRequire(import.meta.url);
const version = require('ioredis/package.json').version;
const asksForNotifications = mentions(dirname(require.resolve('ioredis')), 'MAINT_NOTIFICATIONS');

function mentions(folder, text) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .some((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8').includes(text));
}

function open(config, profile, verdict) {
  const client = new Redis({
    ...profile.options,
    password: config.password,
    host: profile.host ?? config.host,
    port: config.port,
    lazyConnect: true,
  });
  client.on('error', (error) => {
    verdict.note(`client error: ${error?.message ?? error}`);
    console.error(error?.message ?? error);
  });
  client.on('reconnecting', () => verdict.reconnects++);
  return client;
}

function adapt(client) {
  return {
    incr: (key) => client.incr(key),
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    rpush: (key, value) => client.rpush(key, value),
    lpop: (key) => client.lpop(key),
    publish: (name, message) => client.publish(name, message),
    multiIncr: async (keys) => {
      const replies = await keys.reduce((multi, key) => multi.incr(key), client.multi()).exec();
      return replies.map(([error, value]) => {
        if (error) {
          throw error;
        }
        return value;
      });
    },
    scriptLoad: (text) => client.script('LOAD', text),
    evalsha: (sha, key, argument) => client.evalsha(sha, 1, key, argument),
    subscribe: async (name, listener) => {
      client.on('message', (_, message) => listener(message));
      await client.subscribe(name);
    },
    blpop: async (key, seconds) => (await client.blpop(key, seconds))?.[1] ?? null,
  };
}

async function start(config, profile, state) {
  const verdict = new Verdict(`ioredis ${version} ${profile.name}`);
  verdict.sch = asksForNotifications;
  const prefix = `${config.prefix}:${profile.name}`;
  const client = open(config, profile, verdict);
  await client.connect();
  verdict.idBefore = await client.client('ID');
  const db = adapt(client);
  const extra = [];
  const jobs = [
    workers.counter(db, verdict, state, prefix),
    workers.pipeline(db, verdict, state, prefix),
    workers.list(db, verdict, state, prefix),
    workers.readYourWrite(db, verdict, state, prefix),
    workers.transaction(db, verdict, state, prefix),
    workers.script(db, verdict, state, prefix),
  ];
  if (profile.hard) {
    const subscriber = open(config, profile, verdict);
    const consumer = open(config, profile, verdict);
    await Promise.all([subscriber.connect(), consumer.connect()]);
    extra.push(subscriber, consumer);
    jobs.push(workers.channel(db, adapt(subscriber), verdict, state, prefix));
    jobs.push(workers.blockingList(db, adapt(consumer), verdict, state, prefix));
  }
  const finished = (async () => {
    await Promise.all(jobs);
    verdict.idAfter = await client.client('ID');
    [client, ...extra].forEach((each) => each.disconnect());
    return verdict;
  })();
  return { finished };
}

await runPeer(start);
