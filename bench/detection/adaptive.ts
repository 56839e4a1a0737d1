import { readFileSync, writeFileSync } from 'node:fs';
import { judgeOnce } from '../../src/core/rules/engine/rule.js';
import { defaultParameters, eventRules } from '../../src/core/rules/index.js';
import { declares, dispatches, receives, time, world } from '../../test/support/told-world.js';
import { type ScriptedLog, lot } from '../../test/support/scripted-log.js';
import { Random } from './random.js';

/**
 * Measures what a depot can keep back in 90 days before a rule finds it: at a constant rate, and if it knows every
 * threshold and keeps back the most that stays below each of them. The rules judge the events without a service; that
 * both find the same is tested elsewhere.
 */

const DAYS = 90;
const DAY = 86_400_000;
const START = Date.parse('2026-05-12T08:00:00Z');
/** Mass of a load, kg, and what one loses on the way by drying and spilling: mean and standard deviation. */
const LOAD = [49.6, 1.1] as const;
const LOSS = [0.004, 0.005] as const;

/** How the depot writes its weights: the decimals of its scale. */
interface Depot {
  name: string;
  decimals: number;
  /** Returns the share of the true mass that it keeps back of a delivery. */
  keeps: (delivery: Delivery) => number;
}

interface Delivery {
  day: number;
  sent: number;
  arrived: number;
  /** Tries a weight: whether the depot would be found by it. */
  isFound: (weight: string) => boolean;
}

interface Result {
  name: string;
  /** Rule and delivery of the first finding above low; null: none in 90 days. */
  found: { rule: string; delivery: number } | null;
  /** Kept back before it was found, as a share of the mass of 90 days. */
  share: number;
}

const instant = (day: number, hours: number): string => new Date(START + day * DAY + hours * 3_600_000).toISOString();

function tellReceipt(log: ScriptedLog, day: number, id: string, weight: string): void {
  time(log, instant(day, 7));
  receives(log, { [id]: weight }, { occurredAt: instant(day, 7), place: { facility: 'depot' } });
}

/** Returns the first rule that finds something above low in the newest entries; null: none. */
function ruleThatFinds(log: ScriptedLog, from: number): string | null {
  const facts = log.facts(from);
  for (const rule of eventRules)
    if (judgeOnce(rule, facts, defaultParameters).findings.some(({ severity }) => severity !== 'low')) return rule.id;
  return null;
}

/** Plays 90 days of one delivery each. */
function play(depot: Depot, seed: number): Result {
  const random = new Random(seed);
  const log = world();
  let [kept, whole] = [0, 0];
  let found: Result['found'] = null;
  for (let day = 0; day < DAYS; day += 1) {
    const id = lot(`${depot.name} ${day}`);
    const sent = Number(random.normal(...LOAD).toFixed(1));
    const arrived = sent * (1 - Math.max(0, random.normal(...LOSS)));
    whole += sent;
    if (found !== null) continue;
    const from = log.entries.length;
    time(log, instant(day, 0));
    declares(log, [{ lot: id, kg: sent.toFixed(1) }], { occurredAt: instant(day, 0) });
    dispatches(log, [id], { occurredAt: instant(day, 1), mode: 'truck', place: { site: 'hill' } });
    const isFound = (weight: string): boolean => {
      const trial = log.copy();
      tellReceipt(trial, day, id, weight);
      return ruleThatFinds(trial, from) !== null;
    };
    const weight = (arrived * (1 - depot.keeps({ day, sent, arrived, isFound }))).toFixed(depot.decimals);
    tellReceipt(log, day, id, weight);
    const rule = ruleThatFinds(log, from);
    if (rule !== null) found = { rule, delivery: day + 1 };
    kept += Math.max(0, arrived - Number(weight));
  }
  return { name: depot.name, found, share: kept / whole };
}

/** Finds the most that is not found, by bisection to a hundredth of a per cent. */
function most({ arrived, isFound }: Delivery, decimals: number): number {
  let [low, high] = [0, 0.06];
  if (!isFound((arrived * (1 - high)).toFixed(decimals))) return high;
  while (high - low > 0.0001) {
    const middle = (low + high) / 2;
    if (isFound((arrived * (1 - middle)).toFixed(decimals))) high = middle;
    else low = middle;
  }
  return low;
}

/** The loss of a delivery that is left out of account, and the days at the end of which nothing follows. */
const ALLOWED = defaultParameters.deliveriesOneSided.default.less.allowed / 1_000_000;
const LAST_DAYS = 5;

/**
 * Returns the most of a cheat that thinks ahead: each delivery lacks what is allowed and no more, because bad luck must
 * still have room below the limit; at the end it takes what room is left.
 */
function withForesight(delivery: Delivery, decimals: number): number {
  const { day, sent, arrived } = delivery;
  const allowed = Math.max(0, 1 - (sent * (1 - ALLOWED)) / arrived);
  const bound = most(delivery, decimals);
  return day >= DAYS - LAST_DAYS ? bound : Math.min(allowed, bound);
}

const RATES = [0, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.05];

const depots: readonly Depot[] = [
  ...RATES.map((rate) => ({
    name: rate === 0 ? 'nothing' : `${(rate * 100).toFixed(2)} % of each`,
    decimals: 2,
    keeps: () => rate,
  })),
  { name: 'of each the most that is not found', decimals: 2, keeps: (delivery) => most(delivery, 2) },
  { name: 'what is allowed, and at the end the most', decimals: 2, keeps: (delivery) => withForesight(delivery, 2) },
  { name: 'of each the most, in whole kilograms', decimals: 0, keeps: (delivery) => most(delivery, 0) },
  { name: 'what is allowed, in whole kilograms', decimals: 0, keeps: (delivery) => withForesight(delivery, 0) },
];

const row = ({ name, found, share }: Result): string =>
  `| ${name} | ${found === null ? 'not found' : `\`${found.rule}\`, delivery ${found.delivery}`} | ${(share * 100).toFixed(2)} % |`;

const PAGE = 'docs/detection.md';
const MARKS = ['<!-- adaptive: begin -->', '<!-- adaptive: end -->'] as const;

/**
 * Prints what each depot keeps back, as a table.
 * @param write also puts the table into the page.
 */
export function measureAdaptive(seed: number, write: boolean): void {
  const rows = depots.map((depot) => row(play(depot, seed)));
  const table = [
    `| kept back, seed ${seed} | found by | of the mass of 90 days |`,
    '| --- | --- | ---: |',
    ...rows,
  ].join('\n');
  process.stdout.write(`${table}\n`);
  if (!write) return;
  const page = readFileSync(PAGE, 'utf8');
  const [before, after] = [page.split(MARKS[0])[0] ?? '', page.split(MARKS[1])[1] ?? ''];
  writeFileSync(PAGE, `${before}${MARKS[0]}\n\n${table}\n\n${MARKS[1]}${after}`);
}
