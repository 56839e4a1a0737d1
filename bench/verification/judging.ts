import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Handovers } from '../handovers.js';
import { SECONDS, bareVerification } from '../limits.js';
import { postBatches } from '../load.js';
import type { BenchedService } from '../service.js';
import type { Sample } from './judge.js';

/** Actors that dispatch and receive the lots. */
const ACTORS = 50;
const ORIGIN = 'example.org/bench';
/** Entries that are judged before the measured ones, so that the code is compiled. */
const WARM = 2_000;

/** Judges everything in a process of its own, and returns what it sent. */
async function judge(databaseUrl: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  const child = fork(fileURLToPath(new URL('./judge.js', import.meta.url)), [databaseUrl, ORIGIN], {
    execArgv: ['--max-semi-space-size=64', ...process.execArgv],
  });
  child.on('message', (sample: Sample) => samples.push(sample));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The judge failed.');
  return samples;
}

/** Bare signature verification on one thread: how many a second, and the processor time of one, µs. */
interface Limit {
  perSecond: number;
  microseconds: number;
}

function measureLimit(): Limit {
  const before = process.cpuUsage();
  const perSecond = bareVerification();
  const { user, system } = process.cpuUsage(before);
  return { perSecond, microseconds: (user + system) / (perSecond * SECONDS) };
}

function row(name: string, from: Sample, to: Sample, limit: Limit): string {
  const entries = to.entries - from.entries;
  const rate = (1_000 * entries) / (to.elapsed - from.elapsed);
  const used = (what: 'node' | 'postgres'): string => {
    const microseconds = (1_000 * (to[what] - from[what])) / entries;
    return `${microseconds.toFixed(0)} µs (${(microseconds / limit.microseconds).toFixed(1)} × Y1)`;
  };
  return (
    `    ${name}: ${rate.toFixed(0)} a second, ${(rate / limit.perSecond).toFixed(3)} × Y1; ` +
    `processor an entry: node ${used('node')}, PostgreSQL ${used('postgres')}`
  );
}

/** Returns the first sample with at least so many entries. */
const reached = (samples: readonly Sample[], entries: number): Sample =>
  (samples.find((sample) => sample.entries >= entries) ?? samples.at(-1)) as Sample;

/**
 * Measures one worker on a backlog of handovers among 50 actors, for each length of the chains: as many events in fewer
 * and longer chains. Prints the whole run, and its first and last third.
 */
export async function measureJudging(
  service: BenchedService,
  events: number,
  lengths: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  const handovers = await Handovers.open(service.url, ACTORS);
  for (const length of lengths) {
    // Y1 beside each measurement: other work on the machine slows both.
    const limit = measureLimit();
    const lots = Math.max(1, Math.round((events + WARM) / length));
    const chains = Array.from({ length: lots }, () => handovers.chain(length));
    // The events of all lots alternate, as they arrive in a log.
    const texts = Array.from({ length }, (_, i) => chains.map((chain) => chain[i] as string)).flat();
    await postBatches(service.url, texts, 1_000, 1);
    const samples = await judge(service.appUrl);
    const [warm, last] = [reached(samples, WARM), samples.at(-1) as Sample];
    const third = (last.entries - warm.entries) / 3;
    say(
      `  ${lots} lots × ${length} events; Y1 ${limit.perSecond.toFixed(0)} a second, ${limit.microseconds.toFixed(0)} µs of processor`,
    );
    say(row('all', warm, last, limit));
    say(row('first third', warm, reached(samples, warm.entries + third), limit));
    say(row('last third', reached(samples, warm.entries + 2 * third), last, limit));
    say(`    memory at most ${Math.round(Math.max(...samples.map(({ memory }) => memory)) / 2 ** 20)} MiB`);
  }
}
