// The load: small loops, each with its own model. `db` is an adapter with the same methods for every client.
import { setTimeout as pause } from 'node:timers/promises';
import { Sequence } from './verdict.mjs';

const PauseMs = 3;
const SpreadKeys = 64;
const AfterStop = 20; // rounds that must still succeed after the test said stop

// Runs one round again and again until `stop` is asked for, then AfterStop rounds more.
async function loop(verdict, name, state, round) {
  let left = AfterStop;
  while (!state.stopping || left-- > 0) {
    try {
      await round();
    } catch (error) {
      verdict.fail(name, error);
      await pause(50); // a broken client must not spin
    }
    await pause(PauseMs);
  }
}

export async function counter(db, verdict, state, prefix) {
  const key = `${prefix}:counter`;
  let value = 0;
  await loop(verdict, 'counter', state, async () => {
    value = verdict.next('counter', value + 1, await db.incr(key));
  });
  verdict.next('counter at the end', value, Number(await db.get(key)));
}

export async function pipeline(db, verdict, state, prefix) {
  const keys = [0, 1, 2, 3].map((n) => `${prefix}:pipeline:${n}`);
  const values = keys.map(() => 0);
  await loop(verdict, 'pipeline', state, async () => {
    const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => db.incr(keys[i % keys.length])));
    replies.forEach((reply, i) => {
      values[i % keys.length] = verdict.next('pipeline', values[i % keys.length] + 1, reply);
    });
  });
  for (let i = 0; i < keys.length; i++) {
    verdict.next('pipeline at the end', values[i], Number(await db.get(keys[i])));
  }
}

export async function list(db, verdict, state, prefix) {
  const key = `${prefix}:list`;
  let pushed = 0;
  let popped = 0;
  await loop(verdict, 'list', state, async () => {
    await db.rpush(key, String(pushed + 1));
    pushed++;
    if (pushed - popped > 5) {
      popped = verdict.next('list', popped + 1, Number(await db.lpop(key)));
    }
  });
  while (popped < pushed) {
    popped = verdict.next('list at the end', popped + 1, Number(await db.lpop(key)));
  }
  verdict.same('list is empty at the end', null, await db.lpop(key));
}

export async function readYourWrite(db, verdict, state, prefix) {
  const written = new Map();
  let round = 0;
  await loop(verdict, 'read-your-write', state, async () => {
    const key = `${prefix}:value:${round++ % SpreadKeys}`;
    await db.set(key, `v${round}`);
    written.set(key, `v${round}`);
    verdict.same('read-your-write', `v${round}`, await db.get(key));
  });
  for (const [key, value] of written) {
    verdict.same('read-your-write at the end', value, await db.get(key));
  }
}

export async function transaction(db, verdict, state, prefix) {
  const keys = [`{${prefix}:tx}:a`, `{${prefix}:tx}:b`];
  let value = 0;
  await loop(verdict, 'transaction', state, async () => {
    const [a, b] = await db.multiIncr(keys);
    verdict.same('transaction halves', a, b);
    value = verdict.next('transaction', value + 1, a);
  });
}

// `subscriber` has a connection of its own; resolves once everything published has come.
export async function channel(db, subscriber, verdict, state, prefix) {
  const name = `${prefix}:channel`;
  const seen = new Sequence(verdict, 'channel');
  await subscriber.subscribe(name, (message) => seen.seen(Number(message)));
  let published = 0;
  await loop(verdict, 'publish', state, async () => {
    await db.publish(name, String(published + 1));
    published++;
  });
  for (let waits = 0; seen.last < published && waits < 200; waits++) {
    await pause(10);
  }
  verdict.next('messages at the end', published, seen.last);
}

// A consumer that blocks with a timeout, and a producer; every element arrives once, in order.
export async function blockingList(db, consumer, verdict, state, prefix) {
  const key = `${prefix}:queue`;
  let pushed = 0;
  const seen = new Sequence(verdict, 'blocking list');
  let producing = true;
  const consume = (async () => {
    while (producing || seen.last < pushed) {
      try {
        const element = await consumer.blpop(key, 1);
        if (element !== null) {
          seen.seen(Number(element));
        }
      } catch (error) {
        verdict.fail('blocking list', error);
        await pause(50);
      }
    }
  })();
  await loop(verdict, 'producer', state, async () => {
    await db.rpush(key, String(pushed + 1));
    pushed++;
  });
  producing = false;
  await consume;
  verdict.next('elements at the end', pushed, seen.last);
}

export async function script(db, verdict, state, prefix) {
  const key = `${prefix}:script`;
  const sha = await db.scriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  let value = 0;
  await loop(verdict, 'script', state, async () => {
    value = verdict.next('script', value + 1, await db.evalsha(sha, key, '1'));
  });
}
