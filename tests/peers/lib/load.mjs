// What every peer does under load; the client itself is the peer's own.
import { Verdict } from './verdict.mjs';
import * as workers from './workers.mjs';

/**
 * Starts the workers of a profile on connections of their own.
 * `peer`: `name`, `open(config, profile)`, `adapt(client)` for the workers, `id(client)`, `end(client)`, and, where the client hears of
 * maintenance, `conclude(verdict, client)`.
 */
export async function startLoad(config, profile, state, peer) {
  const verdict = new Verdict(`${peer.name} ${profile.name}`);
  const prefix = `${config.prefix}:${profile.name}`;
  const connect = async () => {
    const client = peer.open(config, profile);
    client.on('error', (error) => {
      verdict.note(`client error: ${error?.message ?? error}`);
      console.error(error?.message ?? error);
    });
    client.on('reconnecting', () => verdict.reconnects++);
    await client.connect();
    return client;
  };
  const client = await connect();
  verdict.idBefore = await peer.id(client);
  const db = peer.adapt(client);
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
    const [subscriber, consumer] = await Promise.all([connect(), connect()]);
    extra.push(subscriber, consumer);
    jobs.push(workers.channel(db, peer.adapt(subscriber), verdict, state, prefix));
    jobs.push(workers.blockingList(db, peer.adapt(consumer), verdict, state, prefix));
  }
  const finished = (async () => {
    await Promise.all(jobs);
    verdict.idAfter = await peer.id(client);
    peer.conclude?.(verdict, client);
    [client, ...extra].forEach(peer.end);
    return verdict;
  })();
  return { finished };
}
