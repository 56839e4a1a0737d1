import type { Case } from './case.js';
import { kilograms, lot } from './scripted-log.js';
import { HILL, declares, dispatches, exports, makes, receives, time, world } from './told-world.js';

const [bag, other] = [lot('bag'), lot('other')];
const at = (hour: number): string =>
  `2026-05-1${2 + Math.floor(hour / 24)}T${String(hour % 24).padStart(2, '0')}:00:00Z`;

const delivered = () => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50' }]);
  return log;
};

/** What a phone recorded, number by number. */
function recorded(numbers: number[], more: (n: number) => Record<string, unknown> = () => ({})) {
  const log = world();
  for (const seq of numbers)
    declares(log, [{ lot: lot(`bag ${seq}`), kg: '50.3' }], { device: 'phone', seq, ...more(seq) });
  return log;
}

/** Forty days of declarations that all reach the log within one hour. */
function burst(more: (day: number) => Record<string, unknown>) {
  const log = world();
  time(log, '2026-06-25T08:00:00Z');
  for (let day = 0; day < 24; day += 1)
    declares(log, [{ lot: lot(`bag ${day}`), kg: (50.3 + day / 10).toFixed(1) }], {
      occurredAt: new Date(Date.parse('2026-05-12T08:00:00Z') + day * 86_400_000).toISOString(),
      ...more(day),
    });
  return log;
}

const seized = (released: boolean) => {
  const log = delivered();
  log.tell('lot.held', { iss: 'agent', occurredAt: at(10), lots: [bag], ground: 'a check' });
  if (released) log.tell('lot.released', { iss: 'agent', occurredAt: at(12), lots: [bag], ground: 'in order' });
  return log;
};

/** Sealed at some time, on the chain before the dispatch that is dated 9:00. */
const sealedAt = (occurredAt: string) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  log.tell('lot.sealed', { iss: 'coop', occurredAt, lots: [{ lot: bag, sealsOn: ['S-71'] }] });
  dispatches(log, [bag], { mode: 'truck', seals: ['S-71'] });
  receives(log, { [bag]: '50.3' }, { seals: ['S-71'], sealState: 'intact' });
  return log;
};

export const custodyCases: Record<string, Case> = {
  'handover-overdue': {
    severity: 'medium',
    wrong: () => {
      const log = delivered();
      dispatches(log, [bag]);
      time(log, '2026-05-17T08:00:00Z');
      return log;
    },
    twin: () => {
      const log = delivered();
      dispatches(log, [bag]);
      receives(log, { [bag]: '50' }, { occurredAt: '2026-05-16T08:00:00Z' });
      time(log, '2026-05-17T08:00:00Z');
      return log;
    },
  },
  'handover-rejected-unresolved': {
    severity: 'high',
    wrong: () => {
      const log = delivered();
      dispatches(log, [bag]);
      receives(log, {}, { lots: [{ lot: bag, outcome: 'rejected', reason: 'wet' }] });
      time(log, '2026-05-14T09:00:00Z');
      return log;
    },
    twin: () => {
      const log = delivered();
      dispatches(log, [bag]);
      receives(log, {}, { lots: [{ lot: bag, outcome: 'rejected', reason: 'wet' }] });
      dispatches(log, [bag], { occurredAt: '2026-05-14T09:00:00Z' });
      return log;
    },
  },
  'hop-missing': {
    severity: 'medium',
    wrong: () => {
      const log = delivered();
      exports(log, [bag], { iss: 'coop' });
      return log;
    },
    twin: () => {
      const log = delivered();
      dispatches(log, [bag], { mode: 'truck' });
      receives(log, { [bag]: '50' });
      exports(log, [bag], { certificate: 'RW-1' });
      return log;
    },
  },
  'not-holder': {
    severity: 'high',
    wrong: () => {
      const log = delivered();
      refuses(log, 'not-holder');
      return log;
    },
    twin: () => {
      const log = delivered();
      refuses(log, 'recall-too-early');
      return log;
    },
  },
  'double-sale-attempt': {
    severity: 'medium',
    wrong: () => {
      const log = delivered();
      dispatches(log, [bag]);
      refuses(log, 'head-moved', 'coop');
      return log;
    },
    twin: () => {
      const log = delivered();
      dispatches(log, [bag]);
      log.tell('custody.recalled', { iss: 'coop', occurredAt: at(20), reason: 'late', lots: [{ lot: bag }] });
      refuses(log, 'head-moved', 'trader');
      return log;
    },
    twinAlso: { 'lot-held': 'high' },
  },
  'seal-mismatch': {
    severity: 'high',
    wrong: () => {
      const log = delivered();
      dispatches(log, [bag], { seals: ['S-1', 'S-2'] });
      receives(log, { [bag]: '50' }, { seals: ['S-1', 'S-9'] });
      return log;
    },
    // A checkpoint opened the load and put on a seal of its own, and said so.
    twin: () => {
      const log = delivered();
      dispatches(log, [bag], { seals: ['S-1', 'S-2'] });
      log.tell('transit.checked', { iss: 'agent', occurredAt: at(20), lots: [bag], seals: ['S-1', 'S-9'] });
      receives(log, { [bag]: '50' }, { seals: ['S-9', 'S-1'], sealState: 'intact' });
      return log;
    },
  },
  'order-contradicted': {
    severity: 'medium',
    wrong: () => sealedAt('2026-05-12T13:00:00Z'),
    // A device whose offset is two hours wrong.
    twin: () => sealedAt('2026-05-12T11:00:00Z'),
  },
  'dwell-too-long': {
    severity: 'low',
    wrong: () => {
      const log = delivered();
      time(log, '2026-08-12T08:00:00Z');
      return log;
    },
    // A count is a sign of life.
    twin: () => {
      const log = delivered();
      log.tell('stock.counted', {
        iss: 'coop',
        occurredAt: '2026-08-01T08:00:00Z',
        place: { facility: 'depot' },
        lots: [{ lot: bag, mass: kilograms('50') }],
      });
      time(log, '2026-08-12T08:00:00Z');
      return log;
    },
  },
  'stock-differs': {
    severity: 'high',
    wrong: () => counted('44.0'),
    twin: () => counted('50.2'),
  },
  'held-lot-moved': {
    severity: 'high',
    wrong: () => {
      const log = delivered();
      refuses(log, 'lot-on-hold', 'coop');
      return log;
    },
    twin: () => {
      const log = delivered();
      refuses(log, 'recall-too-early', 'coop');
      return log;
    },
  },
  'lot-held': { severity: 'high', wrong: () => seized(false), twin: () => seized(true) },
  'device-sequence-gap': {
    severity: 'high',
    wrong: () => {
      const log = recorded([1, 2, 5]);
      time(log, '2026-05-16T08:00:00Z');
      return log;
    },
    // The numbers in between came late, and before three days had passed.
    twin: () => {
      const log = recorded([1, 2, 5, 3, 4]);
      time(log, '2026-05-16T08:00:00Z');
      return log;
    },
  },
  'device-sequence-fork': {
    severity: 'high',
    wrong: () => {
      const log = recorded([1, 2]);
      declares(log, [{ lot: other, kg: '51' }], { device: 'phone', seq: 2 });
      return log;
    },
    // Another firm's phone may well be called the same.
    twin: () => {
      const log = recorded([1, 2]);
      declares(log, [{ lot: other, kg: '51' }], { iss: 'trader', device: 'phone', seq: 2 });
      return log;
    },
  },
  'late-entry': {
    severity: 'medium',
    wrong: () => {
      const log = world();
      time(log, '2026-06-12T08:00:00Z');
      declares(log, [{ lot: bag, kg: '50' }]);
      return log;
    },
    twin: () => {
      const log = world();
      time(log, '2026-05-14T20:00:00Z');
      declares(log, [{ lot: bag, kg: '50' }]);
      return log;
    },
  },
  backdated: {
    severity: 'medium',
    wrong: () => {
      const log = world();
      const root = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
      time(log, '2026-05-20T08:00:00Z');
      declares(log, [{ lot: bag, kg: '50' }], { seen: { size: log.entries.length, root } });
      return log;
    },
    // Written down in the evening, of what happened in the morning, with a checkpoint of that noon.
    twin: () => {
      const log = world();
      const root = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
      time(log, '2026-05-12T12:00:00Z');
      const seen = { size: log.entries.length, root };
      time(log, '2026-05-12T18:05:00Z');
      declares(log, [{ lot: bag, kg: '50' }], { iat: Date.parse('2026-05-12T18:00:00Z') / 1_000, seen });
      return log;
    },
  },
  'clock-ahead': {
    severity: 'medium',
    wrong: () => {
      const log = world();
      log.ticking = false;
      declares(log, [{ lot: bag, kg: '50' }], { occurredAt: '2026-05-12T09:30:00Z' });
      return log;
    },
    twin: () => {
      const log = world();
      log.ticking = false;
      declares(log, [{ lot: bag, kg: '50' }], { occurredAt: '2026-05-12T08:09:00Z' });
      return log;
    },
  },
  'burst-entry': {
    severity: 'high',
    wrong: () => burst(() => ({ place: { site: 'hill', ...HILL } })),
    // A phone that was offline, and counted what it recorded.
    twin: () => burst((day) => ({ place: { site: 'hill', ...HILL }, device: 'phone', seq: day + 1 })),
    twinAlso: { 'late-entry': 'medium' },
  },
};

function refuses(log: ReturnType<typeof world>, code: string, signer = 'mallory'): void {
  log.tell('event.refused', {
    iss: 'ledger',
    occurredAt: at(30),
    event: log.head(bag),
    jws: log.head(bag),
    code,
    signer,
    lots: [bag],
  });
}

function counted(kg: string) {
  const log = delivered();
  makes(
    log,
    'lot.split',
    [bag],
    [
      { lot: other, kg: '50' },
      { lot: lot('rest'), kg: '0.000001' },
    ],
  );
  log.tell('stock.counted', {
    iss: 'agent',
    occurredAt: '2026-05-20T08:00:00Z',
    place: { facility: 'depot' },
    lots: [{ lot: other, mass: kilograms(kg) }],
  });
  return log;
}
