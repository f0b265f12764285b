// node-redis with a subscription, for its own handoff: prints {"ready":true}, then {"messages":[…]} when a line comes on standard input.
import { createInterface } from 'node:readline';
import { createClient } from 'redis';

const { host, port } = JSON.parse(process.env.BATON_PEER);
const messages = [];
const client = createClient({ RESP: 3, maintNotifications: 'enabled', socket: { host, port } });
client.on('error', (error) => console.error(error.message));
await client.connect();
await client.subscribe('channel', (message) => messages.push(message));
console.log(JSON.stringify({ ready: true }));
createInterface({ input: process.stdin }).once('line', () => {
  console.log(JSON.stringify({ messages }));
  process.exit(0);
});
