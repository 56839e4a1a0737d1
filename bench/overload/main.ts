import { cpus, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Demands } from '../demands.js';
import { quantile } from '../load.js';
import { startService } from '../service.js';
import { type World, makeWorld } from '../world.js';
import type { BadOrder } from './bad-sender.js';
import { Sender, type Sent } from './sender.js';

/**
 * Measures a service under three times its capacity (`--seconds 60`): its throughput, the time of its recovery, and the
 * share of a well-signing client beside many bad ones. Client and service share the machine.
 */

const at = process.argv.indexOf('--seconds');
const seconds = at < 0 ? 60 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(seconds) || seconds < 5) throw new Error('--seconds takes a number of 5 or more.');
const CLIENTS = 64;
const TIMES = 3;
/** Duration of measuring capacity and the usual wait, s. */
const MEASURED = Math.min(10, seconds);
const GOOD_CLIENTS = 16;
const BAD_CLIENTS = 64;
/** Events in a row within the usual time that count as recovery. */
const IN_A_ROW = 20;
const RECOVERY_LIMIT = 10;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const p99 = ({ recorded }: Sent): number => quantile(recorded, 0.99);
const rate = ({ recorded }: Sent, during: number): number => recorded.length / during;
const failuresOf = ({ failures }: Sent): string => JSON.stringify(Object.fromEntries(failures));

/** Signs as many events as can be recorded in so many seconds. */
function fill(events: string[], world: World, perSecond: number, during: number): void {
  const wanted = Math.ceil(perSecond * during * 1.2) + 5_000;
  if (events.length < wanted) events.push(...world.declarations(wanted - events.length));
}

/** Returns the seconds until events in a row are recorded within twice the usual time. */
async function recovery(sender: Sender, usual: number): Promise<number> {
  const started = performance.now();
  for (let inARow = 0; inARow < IN_A_ROW;) {
    inARow = (await sender.one()) <= 2 * usual ? inARow + 1 : 0;
    if (performance.now() - started > 60_000) return Infinity;
  }
  return (performance.now() - started) / 1_000;
}

/**
 * Returns bad events: half with a broken signature of a registered key, half with a valid one of an unregistered key.
 */
function badEvents(world: World, stranger: World): string[] {
  const broken = world
    .declarations(2_000)
    .map((event) => `${event.slice(0, event.lastIndexOf('.') + 1)}${'A'.repeat(86)}~`);
  return stranger.declarations(2_000).flatMap((event, i) => [event, broken[i] ?? event]);
}

async function overload(sender: Sender, capacity: number, usual: number, demands: Demands): Promise<void> {
  say(`now ${(TIMES * capacity).toFixed(0)} a second for ${seconds} s`);
  const sent = await sender.byTheClock(TIMES * capacity, seconds * 1_000);
  const recovered = await recovery(sender, usual);
  const goodput = rate(sent, seconds);
  say(`${sent.recorded.length} recorded, ${sent.turnedAway} turned away, ${sent.late} not sent for want of room here`);
  demands.check('goodput at least 0.8 of capacity', (goodput / capacity).toFixed(2), goodput >= 0.8 * capacity);
  demands.check(
    'all others are answered 429 or 503 with Retry-After',
    `${sent.withoutRetryAfter} without it, failures ${failuresOf(sent)}`,
    sent.withoutRetryAfter === 0 && sent.failures.size === 0 && sent.turnedAway > 0,
  );
  demands.check(
    'p99 of what was recorded at most 5 times the usual',
    `${p99(sent).toFixed(0)} ms, ${(p99(sent) / usual).toFixed(1)} times`,
    p99(sent) <= 5 * usual,
  );
  demands.check(`itself again within ${RECOVERY_LIMIT} s`, `${recovered.toFixed(1)} s`, recovered <= RECOVERY_LIMIT);
}

async function besideBad(url: string, sender: Sender, bad: readonly string[], demands: Demands): Promise<void> {
  const alone = rate(await sender.inTurn(GOOD_CLIENTS, MEASURED * 1_000), MEASURED);
  const order: BadOrder = { url, connections: BAD_CLIENTS, events: bad };
  const worker = new Worker(new URL('./bad-sender.js', import.meta.url), { workerData: order });
  // Uses up the budget of the address first, so that it is not measured.
  await sender.inTurn(GOOD_CLIENTS, 2_000);
  const sent = await sender.inTurn(GOOD_CLIENTS, MEASURED * 1_000);
  const answered = new Promise<number>((resolve) => worker.once('message', resolve));
  worker.postMessage('how many');
  const beside = rate(sent, MEASURED);
  say(`${GOOD_CLIENTS} good clients alone: ${alone.toFixed(0)} a second; ${await answered} bad events were answered`);
  await worker.terminate();
  demands.check(
    `beside ${BAD_CLIENTS} clients of bad signatures and unknown keys at least 0.5`,
    `${beside.toFixed(0)} a second, ${(beside / alone).toFixed(2)}`,
    beside >= 0.5 * alone && sent.failures.size === 0,
  );
}

const service = await startService({ ADIT_ROLE: 'all', ADIT_RATE_LIMIT_PER_MINUTE: '0' });
const stranger = await startService();
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const world = await makeWorld(service.url);
  const bad = badEvents(world, await makeWorld(stranger.url));
  await stranger.stop();
  const events: string[] = [];
  const sender = new Sender(service.url, events);
  fill(events, world, 5_000, MEASURED);
  await sender.inTurn(CLIENTS, 3_000);
  const measured = await sender.inTurn(CLIENTS, MEASURED * 1_000);
  const [capacity, usual] = [rate(measured, MEASURED), p99(measured)];
  say(`${CLIENTS} clients, one event a request: ${capacity.toFixed(0)} a second, p99 ${usual.toFixed(0)} ms`);
  fill(events, world, capacity, seconds + 60);
  const demands = new Demands(say);
  await overload(sender, capacity, usual, demands);
  fill(events, world, capacity, 3 * MEASURED);
  await besideBad(service.url, sender, bad, demands);
  demands.conclude();
  await sender.close();
} finally {
  await service.stop();
}
