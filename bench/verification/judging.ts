import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bareVerification } from '../limits.js';
import { postBatches } from '../load.js';
import type { BenchedService } from '../service.js';
import { Chains } from './chains.js';
import { Handovers } from './handovers.js';
import type { Sample } from './judge.js';

/** Actors among whom the lots go from hand to hand. */
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

const microseconds = (from: Sample, to: Sample, what: 'node' | 'postgres'): string =>
  ((1_000 * (to[what] - from[what])) / (to.entries - from.entries)).toFixed(0);

function row(name: string, from: Sample, to: Sample, y1: number): string {
  const rate = (1_000 * (to.entries - from.entries)) / (to.elapsed - from.elapsed);
  return (
    `    ${name}: ${rate.toFixed(0)} a second, ${(rate / y1).toFixed(3)} × Y1; processor an entry: ` +
    `node ${microseconds(from, to, 'node')} µs, PostgreSQL ${microseconds(from, to, 'postgres')} µs`
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
  const handovers = new Handovers(await Chains.open(service.url, ACTORS));
  for (const length of lengths) {
    // Y1 beside each measurement: other work on the machine slows both.
    const y1 = bareVerification();
    const lots = Math.max(1, Math.round((events + WARM) / length));
    await postBatches(service.url, handovers.sign(lots, length), 1_000, 1);
    const samples = await judge(service.appUrl);
    const [warm, last] = [reached(samples, WARM), samples.at(-1) as Sample];
    const third = (last.entries - warm.entries) / 3;
    say(`  ${lots} lots × ${length} events; Y1 ${y1.toFixed(0)} a second`);
    say(row('all', warm, last, y1));
    say(row('first third', warm, reached(samples, warm.entries + third), y1));
    say(row('last third', reached(samples, warm.entries + 2 * third), last, y1));
    say(`    memory at most ${Math.round(Math.max(...samples.map(({ memory }) => memory)) / 2 ** 20)} MiB`);
  }
}
