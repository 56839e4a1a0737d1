import { cpus, totalmem } from 'node:os';
import { parseBundle } from '../../src/core/bundle/bundle.js';
import { checkBundle } from '../../src/core/bundle/check.js';
import { sha256 } from '../../src/platform/sha256.js';
import { verifySignature } from '../../src/platform/verify-signature.js';
import { defaultParameters } from '../../src/core/rules/index.js';
import { SECONDS as LIMIT_SECONDS, bareVerification } from '../limits.js';
import { postBatches, postEach } from '../load.js';
import { startService } from '../service.js';
import { Chains, type LotHead } from '../verification/chains.js';

/**
 * Measures bundles: their size beside their events', the time to make one, and the time to verify it on one thread; for
 * a lot with some 50 events and one with some 10,000, in a log with other lots in between (`--others 20000`).
 */

/** Lots that one event aggregates. */
const HEAP = 199;

const at = process.argv.indexOf('--others');
const others = at < 0 ? 20_000 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(others) || others < 0) throw new Error('--others takes a number of lots.');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const service = await startService({ ADIT_ROLE: 'api' });
let number = 0;

/** Aggregates `bags` bags into one lot; other cooperatives declare the given number of lots in between. */
async function made(chains: Chains, bags: number, between: number): Promise<string> {
  const own: LotHead[] = [];
  const events: string[] = [];
  for (let i = 0; i < bags; i += 1) {
    const bag = chains.declare(chains.coops.length * number++);
    own.push(...bag.lots);
    events.push(bag.text);
    const until = Math.floor(((i + 1) * between) / bags);
    for (let n = Math.floor((i * between) / bags); n < until; n += 1) {
      number += 1;
      events.push(chains.declare(chains.coops.length * number + 1 + (number % (chains.coops.length - 1))).text);
    }
  }
  await postBatches(service.url, events, 1_000, 1);
  const heaps = Array.from({ length: Math.ceil(own.length / HEAP) }, (_, i) =>
    chains.aggregate(0, own.slice(i * HEAP, (i + 1) * HEAP), String(Math.min(HEAP, own.length - i * HEAP) * 49)),
  );
  await postEach(
    service.url,
    heaps.map(({ text }) => text),
    1,
  );
  if (heaps.length === 1) return heaps[0]?.lots[0]?.lot ?? '';
  const all = chains.aggregate(
    0,
    heaps.flatMap(({ lots }) => lots),
    String(own.length * 49),
  );
  await postEach(service.url, [all.text], 1);
  return all.lots[0]?.lot ?? '';
}

async function timed<T>(run: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  return [await run(), performance.now() - started];
}

/** Returns processor time since `before`, ms, which does not depend on other processes. */
function processorTime(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function measure(lot: string, logKey: string): Promise<void> {
  const [, sealing] = await timed(async () => (await fetch(`${service.url}/v1/lots/${lot}/bundle?sealed=now`)).text());
  const [text, making] = await timed(async () => (await fetch(`${service.url}/v1/lots/${lot}/bundle`)).text());
  const trust = {
    logKeys: [logKey],
    policy: null,
    parameters: defaultParameters,
    checkSignature: verifySignature,
    sha256,
  };
  await checkBundle(parseBundle(text), trust);
  let before = process.cpuUsage();
  const [report, checking] = await timed(() => checkBundle(parseBundle(text), trust));
  const spent = processorTime(before);
  before = process.cpuUsage();
  const verifications = bareVerification() * LIMIT_SECONDS;
  const bare = (processorTime(before) / verifications) * report.events;
  const events = parseBundle(text).events.reduce((sum, { event }) => sum + event.length, 0);
  const ms = (time: number): string => `${time.toFixed(0)} ms`;
  say(
    `  ${report.events} events: ${report.word}; ${(text.length / 1_000).toFixed(0)} kB, ${(text.length / events).toFixed(2)} × the events; ` +
      `made in ${ms(making)} (${ms(sealing)} with a new seal), verified in ${ms(checking)} (${ms(spent)} of processor time), ` +
      `${(spent / bare).toFixed(1)} × the ${ms(bare)} that its bare signatures take`,
  );
}

try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const chains = await Chains.open(service.url, 50);
  const { logKey } = (await (await fetch(`${service.url}/v1/ledger`)).json()) as { logKey: string };
  await measure(await made(chains, 35, 0), logKey);
  await measure(await made(chains, 9_900, others), logKey);
  say(`  memory of the service: ${(service.memory() / 2 ** 20).toFixed(0)} MiB`);
} finally {
  await service.stop();
}
