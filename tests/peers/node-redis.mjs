// node-redis, as it is on npm, under load; see lib/program.mjs for how it is started.
import { createRequire } from 'node:module';
import diagnostics from 'node:diagnostics_channel';
import { createClient } from 'redis';
import { runPeer } from './lib/program.mjs';
import { Verdict } from './lib/verdict.mjs';
import * as workers from './lib/workers.mjs';

const version = createRequire(import.meta.url)('redis/package.json').version;

// Two channels report each push, one after the other: the first names the client, the second has the elements.
const pushes = new Map();
let recipient;
diagnostics.channel('node-redis:maintenance').subscribe((event) => {
  recipient = event.clientId;
});
diagnostics.channel('redis.maintenance').subscribe((event) => {
  pushes.set(recipient, [...(pushes.get(recipient) ?? []), event.data.push]);
});

function open(config, profile, verdict) {
  const client = createClient({
    ...profile.options,
    password: config.password,
    socket: { host: profile.host ?? config.host, port: config.port },
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
    rpush: (key, value) => client.rPush(key, value),
    lpop: (key) => client.lPop(key),
    publish: (name, message) => client.publish(name, message),
    multiIncr: (keys) => keys.reduce((multi, key) => multi.incr(key), client.multi()).exec(),
    scriptLoad: (text) => client.scriptLoad(text),
    evalsha: (sha, key, argument) => client.evalSha(sha, { keys: [key], arguments: [argument] }),
    subscribe: (name, listener) => client.subscribe(name, listener),
    blpop: async (key, seconds) => (await client.blPop(key, seconds))?.element ?? null,
  };
}

async function start(config, profile, state) {
  const verdict = new Verdict(`node-redis ${version} ${profile.name}`);
  const prefix = `${config.prefix}:${profile.name}`;
  const client = open(config, profile, verdict);
  await client.connect();
  verdict.idBefore = await client.clientId();
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
    verdict.idAfter = await client.clientId();
    verdict.notifications = pushes.get(client._clientId) ?? [];
    [client, ...extra].forEach((each) => each.destroy());
    return verdict;
  })();
  return { finished };
}

await runPeer(start);
