// ioredis, as it is on npm, under load; see lib/program.mjs for how it is started. Its released versions do not ask for maintenance
// notifications (`sch` in the verdict says whether this one does), so it stands for every client that knows nothing of them.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { startLoad } from './lib/load.mjs';
import { runPeer } from './lib/program.mjs';

const require = createRequire(import.meta.url);
const version = require('ioredis/package.json').version;
const asksForNotifications = mentions(dirname(require.resolve('ioredis')), 'MAINT_NOTIFICATIONS');

function mentions(folder, text) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .some((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8').includes(text));
}

function open(config, profile) {
  return new Redis({
    ...profile.options,
    password: config.password,
    host: profile.host ?? config.host,
    port: config.port,
    lazyConnect: true,
  });
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

const peer = {
  name: `ioredis ${version}`,
  open,
  adapt,
  id: (client) => client.client('ID'),
  end: (client) => client.disconnect(),
  conclude: (verdict) => {
    verdict.sch = asksForNotifications;
  },
};

await runPeer((config, profile, state) => startLoad(config, profile, state, peer));
