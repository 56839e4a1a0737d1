import type { Case } from './case.js';
import { lot } from './scripted-log.js';
import { DEPOT, HILL, PORT, declares, dispatches, receives, time, world } from './told-world.js';

const [bag, other] = [lot('bag'), lot('other')];

const driven = (occurredAt: string, mode = 'truck') => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  dispatches(log, [bag], { mode, place: { facility: 'depot' } });
  time(log, occurredAt);
  receives(log, { [bag]: '50.3' }, { occurredAt, place: { facility: 'port' } });
  return log;
};

const recordedTwice = (place: Record<string, unknown>) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }], { device: 'phone', seq: 1, place: { site: 'hill', ...HILL } });
  log.tell('lot.measured', {
    iss: 'coop',
    occurredAt: '2026-05-12T08:10:00Z',
    device: 'phone',
    seq: 2,
    place,
    lots: [{ lot: bag, mass: { value: '50.3', uom: 'KGM' } }],
  });
  return log;
};

const sighted = (occurredAt: string) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  declares(log, [{ lot: other, kg: '51.2' }]);
  dispatches(log, [bag], { vehicle: 'RAA 001 A', place: { facility: 'depot' } });
  time(log, occurredAt);
  log.tell('transit.checked', {
    iss: 'agent',
    occurredAt,
    lots: [other],
    vehicle: 'RAA 001 A',
    place: { ...PORT, accuracyM: '10' },
  });
  return log;
};

const checkedAt = (place: Record<string, unknown>) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  dispatches(log, [bag], {
    mode: 'truck',
    place: { site: 'hill' },
    route: [
      [HILL.lon, HILL.lat],
      [DEPOT.lon, DEPOT.lat],
    ],
  });
  time(log, '2026-05-13T20:00:00Z');
  log.tell('transit.checked', { iss: 'agent', occurredAt: '2026-05-13T20:00:00Z', lots: [bag], place });
  return log;
};

/** Six bags of a heap, loaded in two dispatches of the same quarter of an hour. */
const loaded = (mode: string, vehicle?: string) => {
  const log = world();
  const bags = [0, 1, 2, 3, 4, 5].map((n) => lot(`heavy${n}`));
  declares(
    log,
    bags.map((one, n) => ({ lot: one, kg: (49.1 + n * 0.7).toFixed(1) })),
  );
  const named = vehicle === undefined ? {} : { vehicle };
  dispatches(log, bags.slice(0, 3), { mode, ...named });
  dispatches(log, bags.slice(3), { mode, ...named, occurredAt: '2026-05-12T09:12:00Z' });
  return log;
};

export const movementCases: Record<string, Case> = {
  'speed-impossible': {
    severity: 'high',
    wrong: () => driven('2026-05-12T18:00:00Z'),
    twin: () => driven('2026-05-18T09:00:00Z'),
  },
  'place-jump': {
    severity: 'high',
    wrong: () => recordedTwice({ ...PORT }),
    twin: () => recordedTwice({ ...DEPOT, accuracyM: '20000' }),
  },
  'vehicle-two-places': {
    severity: 'high',
    wrong: () => sighted('2026-05-12T12:00:00Z'),
    twin: () => sighted('2026-05-14T12:00:00Z'),
  },
  'payload-exceeded': {
    severity: 'medium',
    wrong: () => loaded('bicycle', 'B 12'),
    twin: () => loaded('motorbike', 'RC 123 B'),
  },
  'route-left': {
    severity: 'medium',
    wrong: () => checkedAt({ lat: '-3.4', lon: '31.2' }),
    twin: () => checkedAt({ lat: '-1.88', lon: '30.06' }),
  },
};
