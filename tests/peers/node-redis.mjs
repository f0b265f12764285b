// node-redis, as it is on npm, under load; see lib/program.mjs for how it is started.
import { createRequire } from 'node:module';
import diagnostics from 'node:diagnostics_channel';
import { createClient } from 'redis';
import { startLoad } from './lib/load.mjs';
import { runPeer } from './lib/program.mjs';

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

function open(config, profile) {
  return createClient({
    ...profile.options,
    password: config.password,
    socket: { host: profile.host ?? config.host, port: config.port },
  });
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

const peer = {
  name: `node-redis ${version}`,
  open,
  adapt,
  id: (client) => client.clientId(),
  end: (client) => client.destroy(),
  conclude: (verdict, client) => {
    verdict.notifications = pushes.get(client._clientId) ?? [];
  },
};

await runPeer((config, profile, state) => startLoad(config, profile, state, peer));
