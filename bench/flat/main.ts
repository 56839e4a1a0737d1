import { progressOf, untilJudged } from '../append.js';
import { Handovers } from '../handovers.js';
import { bareVerification } from '../limits.js';
import { postBatches } from '../load.js';
import { numbersOf } from '../options.js';
import { measureReads } from '../reads.js';
import { type BenchedService, startService } from '../service.js';
import { say } from '../table.js';

/**
 * Measures whether cost grows with the ledger: as `adit serve` runs, at 10⁴, 10⁵ and 10⁶ entries (`--sizes 10000,100000`),
 * the append and the judging of 20,000 further events, and the answers about lots all over the log. Each rate is also given
 * per Y1 of the same moment, because a machine that works for half an hour changes its speed. All events are of one day, so there
 * are 1,500 sites, each with an actor (`--sites 50`): rules read the whole day of a site.
 */

/** Events of each lot: handed over four or five times, as from a pit to an exporter. */
const CHAIN = 10;
/** Events that are measured at each size, and that are signed at once to grow. */
const MEASURED = 20_000;

const sizes = numbersOf('--sizes', '10000,100000,1000000');
const [sites = 0] = numbersOf('--sites', '1500');

const signed = (handovers: Handovers, events: number): string[] =>
  Array.from({ length: Math.ceil(events / CHAIN) }, () => handovers.chain(CHAIN)).flat();

/** Appends until the log has so many entries, and waits until all are judged. */
async function grow(service: BenchedService, handovers: Handovers, size: number): Promise<void> {
  for (;;) {
    const left = size - (await progressOf(service)).entries;
    if (left <= 0) return;
    await postBatches(service.url, signed(handovers, Math.min(MEASURED, left)), 1_000, 4);
    await untilJudged(service);
  }
}

/** Measures further events and answers at the size that the log has. */
async function measure(service: BenchedService, handovers: Handovers): Promise<void> {
  const { entries } = await progressOf(service);
  const y1 = bareVerification();
  const events = signed(handovers, MEASURED);
  const before = service.processor();
  const started = performance.now();
  const appended = await postBatches(service.url, events, 100, 8);
  await untilJudged(service);
  const judged = events.length / ((performance.now() - started) / 1_000);
  const after = service.processor();
  const microseconds = (of: 'service' | 'database'): string =>
    (((after[of] - before[of]) * 1_000) / events.length).toFixed(0);
  say(
    `${entries} entries: Y1 ${y1.toFixed(0)}/s; appended ${appended.perSecond.toFixed(0)}/s, ` +
      `${(appended.perSecond / y1).toFixed(2)} × Y1; appended and judged ${judged.toFixed(0)}/s, ` +
      `${(judged / y1).toFixed(2)} × Y1; processor ${microseconds('service')} and ${microseconds('database')} us an event; ` +
      `memory ${(service.memory() / 2 ** 20).toFixed(0)} MiB`,
  );
  await measureReads(service.url, handovers);
}

const service = await startService({ ADIT_ROLE: 'all' });
try {
  const handovers = await Handovers.open(service.url, sites);
  await grow(service, handovers, 5_000);
  for (const size of sizes.toSorted((a, b) => a - b)) {
    await grow(service, handovers, size);
    await measure(service, handovers);
  }
} finally {
  await service.stop();
}
