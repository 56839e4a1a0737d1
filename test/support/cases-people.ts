import type { Case } from './case.js';
import { type ScriptedLog, lot } from './scripted-log.js';
import { declares, dispatches, receives, register, site, time, world } from './told-world.js';

const grams = (value: string): { value: string; uom: string } => ({ value, uom: 'GRM' });

/** The world, and two rivers in Colombia where an office declares for panners. */
export function rivers(): ScriptedLog {
  const log = world();
  register(log, 'panners', 'CO');
  register(log, 'office', 'CO', { roles: ['authority'] });
  for (const [id, point] of [
    ['atrato', ['-76.684', '5.66']],
    ['sanjuan', ['-76.600', '5.25']],
  ] as const)
    site(log, id, {
      country: 'CO',
      operator: 'panners',
      minerals: ['gold'],
      point: [...point],
      licence: { kind: 'subsistence', holder: 'panners', from: '2024-01-01' },
      capacity: { workers: 100, kilogramsPerWorkerMonth: { gold: '0.035' } },
    });
  for (const id of ['atrato', 'sanjuan'])
    log.tell('site.inspected', {
      iss: 'office',
      occurredAt: '2026-02-01T10:00:00Z',
      site: id,
      date: '2026-02-01',
      certification: 1,
      activity: 1,
    });
  return log;
}

/** The office declares gold for a person, and ticks the log's time. */
export function pans(
  log: ScriptedLog,
  holder: string,
  occurredAt: string,
  mass: string,
  more: Record<string, unknown> = {},
): string {
  const id = lot(`${holder} ${occurredAt} ${mass}`);
  time(log, occurredAt);
  log.tell('lot.declared', {
    iss: 'office',
    occurredAt,
    place: { site: 'atrato' },
    holder,
    outputs: [{ lot: id, mineral: 'gold', form: 'dore', mass: grams(mass) }],
    ...more,
  });
  return id;
}

const month = (masses: readonly string[]): ScriptedLog => {
  const log = rivers();
  masses.forEach((mass, i) => pans(log, 'rosa', `2026-05-${13 + 7 * i}T12:00:00Z`, mass));
  return log;
};

const day = (masses: readonly string[]): ScriptedLog => {
  const log = rivers();
  masses.forEach((mass, i) => pans(log, `panner${i}`, `2026-05-13T${12 + i}:00:00Z`, mass));
  return log;
};

const twoRivers = (second: string): ScriptedLog => {
  const log = rivers();
  pans(log, 'rosa', '2026-05-13T12:00:00Z', '6.2');
  pans(log, 'rosa', second, '5.4', { place: { site: 'sanjuan' } });
  return log;
};

export const peopleCases: Record<string, Case> = {
  'person-over-cap': {
    severity: 'high',
    wrong: () => month(['19.3', '18.2']),
    twin: () => month(['17.3', '17.2']),
  },
  'split-below-cap': {
    severity: 'medium',
    wrong: () => day(['33.8', '34.1', '34.9', '34.6', '33.9']),
    // One of five has had a month like that.
    twin: () => day(['33.8', '14.1', '24.9', '8.6', '20.9']),
  },
  'person-two-places': {
    severity: 'high',
    wrong: () => twoRivers('2026-05-13T12:25:00Z'),
    twin: () => twoRivers('2026-05-13T17:00:00Z'),
  },
};

const bag = lot('bag');

/** One bag of the cooperative that goes from hand to hand; `devices` by actor. */
const passedOn = (hands: readonly string[], devices: Record<string, string> = {}): ScriptedLog => {
  const log = world();
  const by = (iss: string): Record<string, unknown> => ({
    iss,
    ...(devices[iss] === undefined ? {} : { device: devices[iss] }),
  });
  declares(log, [{ lot: bag, kg: '50.3' }], by(hands[0] ?? ''));
  hands.slice(1).forEach((to, i) => {
    const from = hands[i] ?? '';
    dispatches(log, [bag], { ...by(from), to, occurredAt: `2026-05-${13 + i}T09:00:00Z`, mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { ...by(to), from, occurredAt: `2026-05-${13 + i}T15:00:00Z` });
  });
  return log;
};

const bought = (operator: string): ScriptedLog => {
  const log = world();
  register(log, 'diggers', 'RW', { roles: ['miner'] });
  site(log, 'ridge', { operator });
  declares(log, [{ lot: bag, kg: '50.3' }], { iss: 'agent', holder: 'diggers', place: { site: 'ridge' } });
  dispatches(log, [bag], { iss: 'diggers', mode: 'truck' });
  receives(log, { [bag]: '50.3' }, { from: 'diggers' });
  return log;
};

/** A tie of the cooperative and the trader, logged after their handover. */
const relatedLate = (): ScriptedLog => {
  const log = passedOn(['coop', 'trader']);
  const tie = { actor: 'coop', other: 'trader', relation: 'family', from: '2020-01-01' };
  log.tell('actor.related', { ...tie, iss: 'coop', occurredAt: '2026-05-20T09:00:00Z' });
  return log;
};

export const relationCases: Record<string, Case> = {
  'device-shared': {
    severity: 'medium',
    wrong: () => passedOn(['coop', 'trader', 'plant'], { coop: 'phone', plant: 'phone' }),
    twin: () => passedOn(['coop', 'trader', 'plant'], { coop: 'phone', plant: 'tablet' }),
  },
  'former-holder': {
    severity: 'medium',
    wrong: () => passedOn(['coop', 'trader', 'plant', 'coop']),
    // Sent back by the only buyer.
    twin: () => passedOn(['coop', 'trader', 'coop', 'plant']),
  },
  'related-parties': {
    severity: 'medium',
    wrong: relatedLate,
    twin: () => passedOn(['coop', 'trader']),
  },
  'buyer-operates-site': { severity: 'medium', wrong: () => bought('trader'), twin: () => bought('coop') },
};
