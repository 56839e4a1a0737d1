import type { Case } from './case.js';
import { type ScriptedLog, lot } from './scripted-log.js';
import { declares, dispatches, receives, world } from './told-world.js';

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

export const seriesCases: Record<string, Case> = {
  'deliveries-one-sided': {
    severity: 'medium',
    wrong: () => delivered(['98.1', '98.0', '98.1', '97.9', '98.0', '98.1']),
    twin: () => delivered(['99.6', '99.1', '100', '98.2', '99.5', '99.9']),
  },
};
