// Frame of a peer program. Environment: BATON_PEER = {"host","port","password"?,"names"?,"profiles":[…],"prefix"}.
// Prints {"ready":true} when every client works, runs until a line or the end of standard input, prints {"verdicts":[…]} and exits.
import { createInterface } from 'node:readline';
import { useNamesFile } from './names.mjs';

const LongestRunMs = 180_000;

export async function runPeer(startProfile) {
  const config = JSON.parse(process.env.BATON_PEER);
  if (config.names) {
    useNamesFile(config.names);
  }
  const guard = setTimeout(() => {
    console.log(JSON.stringify({ error: `still running after ${LongestRunMs} ms` }));
    process.exit(3);
  }, LongestRunMs);
  const state = { stopping: false };
  process.on('unhandledRejection', (error) => console.error('unhandled rejection:', error));

  const input = createInterface({ input: process.stdin });
  const asked = new Promise((resolve) => {
    input.once('line', resolve);
    input.once('close', resolve);
  });
  const running = [];
  for (const profile of config.profiles) {
    running.push(await startProfile(config, profile, state));
  }
  console.log(JSON.stringify({ ready: true }));
  await asked;
  state.stopping = true;
  const verdicts = await Promise.all(running.map((run) => run.finished));
  console.log(JSON.stringify({ verdicts }));
  clearTimeout(guard);
  process.exit(0);
}
