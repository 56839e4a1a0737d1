import type { Case } from './case.js';
import { type ScriptedLog, lot } from './scripted-log.js';
import { declares, dispatches, grade, makes, receives, world } from './told-world.js';

/** Logs in which only many events together show what is wrong. */

const DAY = 86_400_000;
const day = (n: number, hour: number): string =>
  new Date(Date.parse('2026-05-12T00:00:00Z') + n * DAY + hour * 3_600_000).toISOString();

/** Loads of 100 kg, one a day, of which so much arrives, kg. */
function delivered(arrivals: readonly string[]): ScriptedLog {
  const log = world();
  for (const [n, arrived] of arrivals.entries()) {
    const load = lot(`load${n}`);
    declares(log, [{ lot: load, kg: `${100 + n}` }], { occurredAt: day(n, 8) });
    dispatches(log, [load], { occurredAt: day(n, 9), mode: 'truck' });
    receives(log, { [load]: (Number(arrived) + n).toFixed(1) }, { occurredAt: day(n, 12) });
  }
  return log;
}

/** Batches of one plant, a week apart, each of which recovers so much of the tin, per cent. */
export function upgraded(yields: readonly number[], process = 'gravity'): ScriptedLog {
  const log = world();
  for (const [n, recovered] of yields.entries()) {
    const [feed, made] = [lot(`feed${n}`), lot(`made${n}`)];
    const grades = [grade('Sn', '50')];
    declares(log, [{ lot: feed, kg: `${400 + n}`, moisturePercent: '0', grades }], { occurredAt: day(7 * n, 8) });
    const kg = (((400 + n) * 0.5 * recovered) / 100 / 0.68).toFixed(4);
    const product = { lot: made, kg, moisturePercent: '0', grades: [grade('Sn', '68')] };
    makes(log, 'lot.processed', [feed], [product], { iss: 'coop', occurredAt: day(7 * n, 12), process });
  }
  return log;
}

export const seriesCases: Record<string, Case> = {
  'deliveries-one-sided': {
    severity: 'medium',
    wrong: () => delivered(['98.1', '98.0', '98.1', '97.9', '98.0', '98.1']),
    twin: () => delivered(['99.6', '99.1', '100', '98.2', '99.5', '99.9']),
  },
  'yields-one-sided': {
    severity: 'medium',
    wrong: () => upgraded([98.4, 98.1, 98.6, 98.3, 98.5]),
    twin: () => upgraded([94.1, 96.3, 91.8, 98.5, 95.2]),
  },
};
