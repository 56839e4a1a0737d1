import { examples } from './examples-of-events.js';
import { ScriptedLog, kilograms } from './scripted-log.js';

/** A small world for rules: three firms and an authority, two sites, a depot and a port, all in order. Times are 2026. */

const { key, possession } = examples['actor.registered'].body;

export const HILL = { lat: '-1.7900', lon: '30.0150' };
export const DEPOT = { lat: '-1.9700', lon: '30.1100' };
/** About 650 km from the depot as the crow flies. */
export const PORT = { lat: '-6.8235', lon: '39.2895' };

/** A square of some 900 m round the hill. */
const polygon = {
  type: 'Polygon',
  coordinates: [
    [
      ['30.0110', '-1.7940'],
      ['30.0190', '-1.7940'],
      ['30.0190', '-1.7860'],
      ['30.0110', '-1.7860'],
      ['30.0110', '-1.7940'],
    ],
  ],
};

export const registrar = { iss: 'registrar', occurredAt: '2026-01-02T08:00:00Z' };

export function register(log: ScriptedLog, actor: string, country = 'RW', more: Record<string, unknown> = {}): void {
  log.tell('actor.registered', { ...registrar, actor, roles: ['trader'], country, key, possession, ...more });
}

export function site(log: ScriptedLog, id: string, more: Record<string, unknown> = {}): void {
  log.tell('site.registered', {
    ...registrar,
    site: id,
    country: 'RW',
    operator: 'coop',
    minerals: ['cassiterite'],
    capacity: { workers: 120, kilogramsPerWorkerMonth: { cassiterite: '40' } },
    ...more,
  });
}

export function inspect(log: ScriptedLog, id: string, date: string, certification: number, activity = 1): void {
  log.tell('site.inspected', {
    iss: 'agent',
    occurredAt: `${date}T10:00:00Z`,
    site: id,
    date,
    certification,
    activity,
  });
}

/** The log's time. */
export function time(log: ScriptedLog, occurredAt: string): void {
  log.tell('log.clock', { iss: 'ledger', occurredAt: new Date(occurredAt).toISOString() });
}

export function world(): ScriptedLog {
  const log = new ScriptedLog();
  log.ticking = true;
  time(log, '2026-01-02T08:00:00Z');
  for (const [actor, country] of [
    ['coop', 'RW'],
    ['trader', 'RW'],
    ['plant', 'RW'],
    ['abroad', 'TZ'],
  ] as const)
    register(log, actor, country);
  register(log, 'agent', 'RW', { roles: ['authority'] });
  site(log, 'hill', {
    point: ['30.0150', '-1.7900'],
    polygon,
    licence: {
      kind: 'artisanal_permit',
      number: 'SYN-1',
      holder: 'coop',
      minerals: ['cassiterite'],
      from: '2026-01-01',
      to: '2026-12-31',
    },
  });
  inspect(log, 'hill', '2026-02-01', 1);
  log.tell('tags.issued', { ...registrar, iss: 'agent', series: 'SYN-M-', from: 1, to: 500, site: 'hill' });
  for (const [facility, point] of [
    ['depot', [DEPOT.lon, DEPOT.lat]],
    ['port', [PORT.lon, PORT.lat]],
  ] as const)
    log.tell('facility.registered', { ...registrar, facility, kind: 'warehouse', country: 'RW', point: [...point] });
  time(log, '2026-05-12T08:00:00Z');
  return log;
}

export interface Output extends Record<string, unknown> {
  lot: string;
  kg: string;
}

const outputOf = ({ lot, kg, ...more }: Output): Record<string, unknown> => ({
  lot,
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: kilograms(kg),
  ...more,
});

const MORNING = '2026-05-12T08:00:00Z';

/** Declared at the hill by the cooperative. */
export const declares = (log: ScriptedLog, outputs: Output[], more: Record<string, unknown> = {}): void =>
  void log.tell('lot.declared', {
    iss: 'coop',
    occurredAt: MORNING,
    place: { site: 'hill' },
    outputs: outputs.map(outputOf),
    ...more,
  });

export const dispatches = (log: ScriptedLog, lots: string[], more: Record<string, unknown> = {}): void =>
  void log.tell('custody.dispatched', {
    iss: 'coop',
    occurredAt: '2026-05-12T09:00:00Z',
    to: 'trader',
    lots: lots.map((lot) => ({ lot })),
    ...more,
  });

export const receives = (log: ScriptedLog, weights: Record<string, string>, more: Record<string, unknown> = {}): void =>
  void log.tell('custody.received', {
    iss: 'trader',
    occurredAt: '2026-05-13T09:00:00Z',
    from: 'coop',
    lots: Object.entries(weights).map(([lot, kg]) => ({ lot, mass: kilograms(kg) })),
    ...more,
  });

export const makes = (
  log: ScriptedLog,
  type: 'lot.aggregated' | 'lot.split' | 'lot.processed',
  inputs: string[],
  outputs: (Partial<Output> & { lot: string; kg: string })[],
  more: Record<string, unknown> = {},
): void =>
  void log.tell(type, {
    iss: 'trader',
    occurredAt: '2026-05-14T09:00:00Z',
    inputs: inputs.map((lot) => ({ lot })),
    outputs: outputs.map(outputOf),
    ...more,
  });

export const exports = (log: ScriptedLog, lots: string[], more: Record<string, unknown> = {}): void =>
  void log.tell('lot.exported', {
    iss: 'trader',
    occurredAt: '2026-05-20T09:00:00Z',
    lots: lots.map((lot) => ({ lot })),
    ...more,
  });

export const grade = (analyte: string, value: string, uom = 'P1', basis = 'dry'): Record<string, unknown> => ({
  analyte,
  value,
  uom,
  basis,
});
