import type { Case } from './case.js';
import { type ScriptedLog, lot } from './scripted-log.js';
import { declares, dispatches, grade, makes, receives, site, world } from './told-world.js';

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

/** Bags of one site, two a day, with these grades of tin, moistures and masses. */
export function assayed(bags: readonly { tin: string; moisture?: string; kg?: string }[], per = 2): ScriptedLog {
  const log = world();
  for (const [n, { tin, moisture, kg = `${46 + ((n * 37) % 80) / 10}` }] of bags.entries()) {
    const told = moisture === undefined ? {} : { moisturePercent: moisture };
    const bag = { lot: lot(`bag${n}`), kg, ...told, grades: [grade('Sn', tin)] };
    declares(log, [bag], { occurredAt: day(Math.floor(n / per), 8 + (n % per)) });
  }
  return log;
}

/** Bags of one site, four a day, recorded so many metres east of one point. */
export function positioned(count: number, metres: (n: number) => number): ScriptedLog {
  const log = world();
  for (let n = 0; n < count; n += 1) {
    const place = { site: 'hill', lat: '-1.79013', lon: (30.01511 + metres(n) * 1e-5).toFixed(5), accuracyM: '8' };
    const bag = { lot: lot(`bag${n}`), kg: `${46 + ((n * 37) % 80) / 10}` };
    declares(log, [bag], { occurredAt: day(Math.floor(n / 4), 8 + (n % 4)), place });
  }
  return log;
}

/** Grades as an instrument reads them, about a middle. */
export const readings = (count: number, middle = 52): { tin: string }[] =>
  Array.from({ length: count }, (_, i) => ({ tin: (middle + (((i * 7919) % 41) - 20) / 10).toFixed(1) }));

/** What sites declare in the months from January on, kg. */
export function mined(
  months: Record<string, readonly number[]>,
  register: (log: ScriptedLog) => void = () => undefined,
): ScriptedLog {
  const log = world();
  register(log);
  const longest = Math.max(...Object.values(months).map(({ length }) => length));
  for (let month = 0; month < longest; month += 1)
    for (const [at, masses] of Object.entries(months)) {
      const kg = masses[month] ?? 0;
      const occurredAt = new Date(Date.UTC(2026, month, 10, 8)).toISOString();
      if (kg > 0) declares(log, [{ lot: lot(`${at}${month}`), kg: `${kg}` }], { place: { site: at }, occurredAt });
    }
  return log;
}

/** What the hill declares in the months from January on, and what two hills beside it declare, kg. */
export function inDistrict(
  hill: readonly number[],
  beside: readonly number[],
  register: (log: ScriptedLog) => void = () => undefined,
): ScriptedLog {
  return mined({ hill, ridge: beside, slope: beside.map((kg) => (kg === 0 ? 0 : kg + 20)) }, (made) => {
    site(made, 'ridge', { point: ['30.1000', '-1.8000'] });
    site(made, 'slope', { point: ['30.2000', '-1.8000'] });
    register(made);
  });
}

/** Lots with 52 % of tin, one a day, in which a laboratory finds so much; and another one so much before it. */
export function certified(found: readonly string[], first: (n: number) => string | null = () => null): ScriptedLog {
  const log = world();
  for (const [n, tin] of found.entries()) {
    const [bag, before] = [lot(`bag${n}`), first(n)];
    const own = { lot: bag, kg: `${50 + n / 10}`, grades: [grade('Sn', (52 + (n % 5) / 10).toFixed(1))] };
    declares(log, [own], { occurredAt: day(n, 8) });
    for (const [iss, value] of [
      ['first', before],
      ['lab', tin],
    ] as const) {
      const grades = [{ ...grade('Sn', value ?? ''), method: 'XRF' }];
      if (value === null) continue;
      log.tell('assay.certified', { iss, occurredAt: day(n, 12), lot: bag, sample: `S-${n}`, grades });
    }
  }
  return log;
}

/** One bag a day, at an hour (UTC) of that day. */
const worked = (hours: readonly number[]): ScriptedLog => {
  const log = world();
  hours.forEach((hour, n) => {
    declares(log, [{ lot: lot(`bag${n}`), kg: `${46 + ((n * 37) % 80) / 10}` }], { occurredAt: day(n, hour) });
  });
  return log;
};

const mornings = (count: number): number[] => Array.from({ length: count }, (_, n) => 6 + (n % 4));

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
  'figures-repeated': {
    severity: 'medium',
    wrong: () => assayed(Array.from({ length: 24 }, () => ({ tin: '57.3' }))),
    twin: () => assayed(readings(24)),
  },
  'position-repeated': {
    severity: 'medium',
    wrong: () => positioned(24, () => 0),
    twin: () => positioned(24, (n) => (n * 37) % 23),
  },
  'composition-changed': {
    severity: 'medium',
    wrong: () => assayed([...readings(20), ...readings(8, 62)]),
    twin: () => assayed([...readings(20), ...readings(8, 54)]),
  },
  'unusual-hours': {
    severity: 'medium',
    // At the longitude of the hill, 22 UTC is midnight.
    wrong: () => worked([...mornings(20), 22, 23, 22, 7, 22, 23, 22, 23, 22]),
    twin: () => worked([...mornings(20), 13, 14, 13, 7, 22, 13, 14, 14, 13]),
  },
  'production-surge': {
    severity: 'medium',
    wrong: () => mined({ hill: [480, 510, 530, 490, 2_010] }),
    twin: () => mined({ hill: [480, 510, 530, 490, 810] }),
    // The log begins in May.
    twinAlso: { 'dwell-too-long': 'low', 'late-entry': 'medium' },
  },
  'site-rises-alone': {
    severity: 'medium',
    wrong: () => inDistrict([480, 510, 530, 490, 1_210], [500, 520, 510, 490, 560]),
    // The whole district is in a rush.
    twin: () => inDistrict([480, 510, 530, 490, 1_210], [500, 520, 510, 490, 1_050]),
    twinAlso: { 'dwell-too-long': 'low', 'late-entry': 'medium' },
  },
  'assays-one-sided': {
    severity: 'medium',
    wrong: () => certified(['54.3', '54.2', '54.5', '54.4', '54.6', '54.2', '54.3', '54.5']),
    twin: () => certified(['52.3', '51.2', '53.5', '52.4', '51.6', '53.2', '50.9', '52.5']),
  },
};
