import type { Outcome } from '../../src/cli/scenario/outcome.js';
import { playScenario } from '../../src/cli/scenario/play.js';
import { measureAdaptive } from './adaptive.js';
import { type Fault, type Planted, faults, plant } from './faults.js';
import { fill } from './journeys.js';
import { Builder } from './network.js';
import { Random } from './random.js';
import { fillYear } from './year.js';

/**
 * With `--honest`: false alarms alone; with `--year`: of a year with rains, harvests, strikes and lost phones. With `--adaptive`: what cheats that know the thresholds can keep back. Else: measures recall and false alarms of the verifiers: a network of honest chains, one with planted faults, and one with
 * their benign twins, all played into a real ledger. Recall is by kind and mineral; false alarms are those without a
 * planted fault.
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
const afterAYear = '2027-06-01T00:00:00Z';

const progress = (steps: number) => (sent: number) => {
  if (sent % 500 === 0 || sent === steps) say(`  ${sent} of ${steps} events`);
};

async function play(builder: Builder, until = advanceTo): Promise<Outcome> {
  const scenario = { ...builder.scenario(), advanceTo: until };
  const outcome = await playScenario(scenario, progress(scenario.steps.length));
  const refused = outcome.refused.filter(({ step }) => !builder.refusable.has(step));
  for (const { step, code } of refused.slice(0, 5))
    say(`  refused: ${code}, step ${JSON.stringify(scenario.steps[step]).slice(0, 300)}`);
  if (refused.length > 0) throw new Error(`${refused.length} events of the network were refused.`);
  return outcome;
}

async function falseAlarms(seed: number, lots: number, isYear: boolean): Promise<void> {
  const builder = new Builder(new Random(seed));
  (isYear ? fillYear : fill)(builder, lots);
  say(`clean${isYear ? ' year' : ''}: seed ${seed}, ${builder.lots} lots, ${builder.steps.length} events`);
  const { findings } = await play(builder, isYear ? afterAYear : advanceTo);
  const serious = findings.filter(({ severity }) => severity === 'high' || severity === 'critical');
  const lotsHit = new Set(serious.flatMap((finding) => finding.lots)).size;
  const aboveLow = findings.filter(({ severity }) => severity !== 'low').length;
  for (const [rule, count] of counted(findings.map((one) => `${one.rule} (${one.severity})`)))
    say(`  false alarm ${rule}: ${count}`);
  say(`  lots with a high or critical finding: ${lotsHit} of ${builder.lots}, ${percent(lotsHit, builder.lots)}`);
  say(`  findings above low: ${((1_000 * aboveLow) / builder.steps.length).toFixed(2)} per 1,000 events`);
  say(`  findings of any kind: ${((1_000 * findings.length) / builder.lots).toFixed(2)} per 1,000 lots`);
}

type Findings = Outcome['findings'];

const isAbout = ({ lots }: Findings[number], named: readonly string[]): boolean =>
  named.some((lot) => lots.includes(lot));

/** Prints `3 of 3` of each mineral, for every kind. */
function tell(planted: readonly Planted[], what: (fault: Fault) => string, holds: (one: Planted) => boolean): void {
  let held = 0;
  for (const fault of faults) {
    const ours = planted.filter((one) => one.fault === fault);
    const minerals = [...new Set(ours.map(({ mineral }) => mineral))].map((mineral) => {
      const all = ours.filter((one) => one.mineral === mineral);
      const good = all.filter(holds).length;
      held += good;
      return `${mineral} ${good} of ${all.length}`;
    });
    say(`  ${fault.rule} (${what(fault)}): ${minerals.join(', ')}`);
  }
  say(`  in all: ${held} of ${planted.length}, ${percent(held, planted.length)}`);
}

function tellStrangers(findings: Findings, planted: readonly Planted[]): void {
  const ours = planted.flatMap(({ lots }) => lots);
  const strangers = findings.filter((one) => one.severity !== 'low' && !isAbout(one, ours));
  for (const [rule, count] of counted(strangers.map((one) => one.rule)))
    say(`  beside what was planted ${rule}: ${count}`);
}

async function recall(seed: number, lots: number, each: number): Promise<void> {
  const builder = new Builder(new Random(seed));
  fill(builder, lots);
  const planted = plant(builder, each, 'wrong');
  say(`faults: seed ${seed}, ${faults.length} kinds, ${each} of each and mineral, among ${builder.lots} lots`);
  const { findings } = await play(builder);
  tell(
    planted,
    ({ what }) => what,
    ({ fault, lots: named }) => findings.some((one) => one.rule === fault.rule && isAbout(one, named)),
  );
  tellStrangers(findings, planted);
}

/** Checks that no finding above low names a twin's lots, whatever the rule. */
async function quiet(seed: number, lots: number, each: number): Promise<void> {
  const builder = new Builder(new Random(seed));
  fill(builder, lots);
  const planted = plant(builder, each, 'twin');
  say(`twins: seed ${seed}, ${faults.length} kinds, ${each} of each and mineral, among ${builder.lots} lots`);
  const { findings } = await play(builder);
  const loud = findings.filter(({ severity }) => severity !== 'low');
  tell(
    planted,
    ({ beside }) => beside,
    ({ lots: named }) => !loud.some((one) => isAbout(one, named)),
  );
  for (const { fault, mineral, lots: named } of planted)
    for (const one of loud.filter((found) => isAbout(found, named)))
      say(`  false alarm ${one.rule} on ${mineral}, twin of ${fault.rule}`);
  tellStrangers(findings, planted);
}

function counted(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const seed = argument('seed', 1);
if (process.argv.includes('--adaptive')) {
  measureAdaptive(seed, process.argv.includes('--write'));
} else {
  const isYear = process.argv.includes('--year');
  await falseAlarms(seed, argument('lots', isYear ? 10_000 : 1_000), isYear);
  if (isYear || process.argv.includes('--honest')) process.exit();
  await recall(seed + 1, argument('among', 100), argument('each', 3));
  await quiet(seed + 2, argument('among', 100), argument('each', 3));
}
