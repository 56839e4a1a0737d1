import type { Outcome } from '../../src/cli/scenario/outcome.js';
import { playScenario } from '../../src/cli/scenario/play.js';
import { faults, plant } from './faults.js';
import { Builder, fill } from './network.js';
import { Random } from './random.js';

/**
 * How much the verifiers find, and how often they cry wolf: a network of honest chains, and the same kind of network with
 * faults planted in it, both played into a real ledger. Recall is by rule; alarms are those that nobody planted.
 */

const argument = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number above zero.`);
  return value;
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;

const advanceTo = '2026-09-15T00:00:00Z';

const progress = (steps: number) => (sent: number) => {
  if (sent % 500 === 0 || sent === steps) say(`  ${sent} of ${steps} events`);
};

async function play(builder: Builder): Promise<Outcome> {
  const scenario = { ...builder.scenario(), advanceTo };
  const outcome = await playScenario(scenario, progress(scenario.steps.length));
  for (const { step, code } of outcome.refused.slice(0, 5))
    say(`  refused: ${code}, step ${JSON.stringify(scenario.steps[step]).slice(0, 300)}`);
  if (outcome.refused.length > 0) throw new Error(`${outcome.refused.length} events of the network were refused.`);
  return outcome;
}

async function falseAlarms(seed: number, lots: number): Promise<void> {
  const builder = new Builder(new Random(seed));
  fill(builder, lots);
  say(`clean: seed ${seed}, ${builder.lots} lots, ${builder.steps.length} events`);
  const { findings } = await play(builder);
  const serious = findings.filter(({ severity }) => severity === 'high' || severity === 'critical');
  const lotsHit = new Set(serious.flatMap((finding) => finding.lots)).size;
  const aboveLow = findings.filter(({ severity }) => severity !== 'low').length;
  for (const [rule, count] of counted(findings.map((one) => one.rule))) say(`  false alarm ${rule}: ${count}`);
  say(`  lots with a high or critical finding: ${lotsHit} of ${builder.lots}, ${percent(lotsHit, builder.lots)}`);
  say(`  findings above low: ${((1_000 * aboveLow) / builder.steps.length).toFixed(2)} per 1,000 events`);
  say(`  findings of any kind: ${((1_000 * findings.length) / builder.lots).toFixed(2)} per 1,000 lots`);
}

async function recall(seed: number, lots: number, each: number): Promise<void> {
  const builder = new Builder(new Random(seed));
  fill(builder, lots);
  const planted = plant(builder, each);
  const kinds = faults.length;
  say(`planted: seed ${seed}, ${kinds} kinds of fault, ${each} of each, among ${builder.lots} lots`);
  const { findings } = await play(builder);
  let [found, total] = [0, 0];
  for (const [rule, all] of planted) {
    const hit = all.filter((fault) =>
      findings.some((one) => one.rule === rule && fault.some((lot) => one.lots.includes(lot))),
    );
    found += hit.length;
    total += all.length;
    say(`  recall ${rule}: ${hit.length} of ${all.length}`);
  }
  const ours = new Set([...planted.values()].flat(2));
  const strangers = findings.filter(
    ({ severity, lots: named }) => severity !== 'low' && !named.some((lot) => ours.has(lot)),
  );
  for (const [rule, count] of counted(strangers.map((one) => one.rule)))
    say(`  beside what was planted ${rule}: ${count}`);
  say(`  recall in all: ${found} of ${total}, ${percent(found, total)}`);
}

function counted(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const seed = argument('seed', 1);
await falseAlarms(seed, argument('lots', 1_000));
await recall(seed + 1, argument('among', 200), argument('each', 3));
