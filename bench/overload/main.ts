import { cpus, totalmem } from 'node:os';
import { Pool } from 'undici';
import { postEach } from '../load.js';
import { startService } from '../service.js';
import { makeWorld } from '../world.js';

/**
 * What becomes of a ledger that is asked for more than it can do (`--seconds 60`): many more clients than it can serve send
 * one event after another and, against all advice, at once again what it turned away. Beside what it does for 64 clients.
 */

const at = process.argv.indexOf('--seconds');
const seconds = at < 0 ? 60 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(seconds) || seconds < 5) throw new Error('--seconds takes a number of 5 or more.');
const CLIENTS = 4_096;
const NORMAL = 64;
const SAMPLE = 20_000;
/** The waiting time of the first that are answered after the crowd has gone counts as recovered below this multiple. */
const RECOVERED = 2;
const PATIENCE = 30_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

interface Crowd {
  /** Times to the answer of events that were accepted, ms, growing. */
  accepted: number[];
  turnedAway: number;
  withoutRetryAfter: number;
  /** Answers that should not be, by status; 0: no answer. */
  other: Map<number, number>;
}

/** @param next an event that nobody has sent. */
async function crowd(base: string, next: () => string): Promise<Crowd> {
  const pool = new Pool(base, { connections: CLIENTS, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const seen: Crowd = { accepted: [], turnedAway: 0, withoutRetryAfter: 0, other: new Map() };
  const until = performance.now() + seconds * 1_000;
  const count = (status: number): void => void seen.other.set(status, (seen.other.get(status) ?? 0) + 1);
  const client = async (): Promise<void> => {
    let event = next();
    while (performance.now() < until) {
      const sent = performance.now();
      try {
        const answer = await pool.request({
          path: '/v1/events',
          method: 'POST',
          body: JSON.stringify({ event }),
          headers: { 'content-type': 'application/json' },
        });
        await answer.body.dump();
        if (answer.statusCode === 201) {
          seen.accepted.push(performance.now() - sent);
          event = next();
        } else if (answer.statusCode === 503 || answer.statusCode === 429) {
          seen.turnedAway += 1;
          if (answer.headers['retry-after'] === undefined) seen.withoutRetryAfter += 1;
        } else if (answer.statusCode === 200) event = next();
        else count(answer.statusCode);
      } catch {
        count(0);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await pool.destroy();
  seen.accepted.sort((a, b) => a - b);
  return seen;
}

const service = await startService({ ADIT_ROLE: 'all' });
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const world = await makeWorld(service.url);
  await postEach(service.url, world.declarations(2_000), NORMAL);
  const normal = await postEach(service.url, world.declarations(SAMPLE), NORMAL);
  say(`${NORMAL} clients: ${normal.perSecond.toFixed(0)} events a second, p99 ${normal.p99.toFixed(0)} ms`);

  const signed = world.declarations(Math.ceil(normal.perSecond * seconds * 1.2) + CLIENTS);
  const { accepted, turnedAway, withoutRetryAfter, other } = await crowd(service.url, () => signed.pop() ?? '');
  const perSecond = accepted.length / seconds;
  const p99 = percentile(accepted, 0.99);
  say(`${CLIENTS} clients that never wait, ${seconds} s: ${perSecond.toFixed(0)} events a second accepted`);
  say(`  ${(perSecond / normal.perSecond).toFixed(2)} of what it does for ${NORMAL}`);
  say(`  p99 of the accepted ${p99.toFixed(0)} ms, ${(p99 / normal.p99).toFixed(1)} times as long`);
  say(`  ${turnedAway} turned away, ${withoutRetryAfter} of them without Retry-After`);
  say(`  other answers: ${JSON.stringify(Object.fromEntries(other))}`);
  say(`  service ${Math.round(service.memory() / 2 ** 20)} MiB`);

  const gone = performance.now();
  for (;;) {
    const { p99: now } = await postEach(service.url, world.declarations(200), 8);
    if (now <= RECOVERED * normal.p99) break;
    if (performance.now() - gone > PATIENCE) throw new Error('It did not recover.');
  }
  say(`  as quick as before ${((performance.now() - gone) / 1_000).toFixed(1)} s after they had gone`);
} finally {
  await service.stop();
}
