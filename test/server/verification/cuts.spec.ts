import { expect, it } from '@jest/globals';
import {
  type Story,
  findsTheSame,
  at,
  declareAt,
  declared,
  ledger,
  mass,
  open,
  record,
  rules,
  says,
  withLedger,
} from '../../support/judged-in-cuts.js';

withLedger();

const HOUR = 3_600_000;
const HILL = { lat: '-1.7900', lon: '30.0150', accuracyM: '10' };
const FAR = { lat: '-6.8235', lon: '39.2895', accuracyM: '10' };

/** Goods with a house that exports them. */
async function sold(lots: string[]): Promise<void> {
  await ledger.register('house', 'exporter');
  await record('custody.dispatched', 'coop', 1, { to: 'house', lots: lots.map((lot) => ({ lot })) });
  await record('custody.received', 'house', 5, { from: 'coop', lots: lots.map((lot) => ({ lot, mass })) });
}

const licence = (number: string, from: string, to: string) => ({
  licence: { kind: 'artisanal_permit', number, holder: 'coop', minerals: ['cassiterite'], from, to },
});

const certificate = (lot: string, more: Record<string, unknown> = {}) => ({
  serial: 'RW-1',
  exporter: 'house',
  lots: [lot],
  mass,
  originCountries: ['RW'],
  verifier: 'A. Uwase',
  validator: 'B. Mugabo',
  issuedOn: '2026-05-12',
  expiresOn: '2026-08-10',
  ...more,
});

/** Each tells things in an order in which the later one speaks of what was judged before; and what is found in the end. */
const stories: Record<string, [Story, string[]]> = {
  'a suspension that is signed between two events of the day': [
    (lot) => [
      says('actor.statusChanged', 'registrar', 8, { actor: 'coop', status: 'suspended' }),
      says('custody.dispatched', 'coop', 9, { to: 'trader', lots: [{ lot }] }),
    ],
    ['actor-suspended'],
  ],
  'a supplier that was suspended on the way, which is logged after the receipt': [
    (lot) => [
      says('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }] }),
      says('custody.received', 'trader', 20, { from: 'coop', lots: [{ lot, mass }] }),
      says('actor.statusChanged', 'registrar', 10, {
        actor: 'coop',
        status: 'suspended',
        from: '2026-05-13',
      }),
    ],
    ['actor-suspended'],
  ],
  'a licence that is renewed, and one that is cut short': [
    () => [
      says('site.updated', 'registrar', 0, { site: 'hill', ...licence('L-1', '2025-01-01', '2026-05-31') }),
      says('site.updated', 'registrar', 0, { site: 'hill', ...licence('L-2', '2026-06-01', '2027-05-31') }),
      () => declareAt(1),
      says('site.updated', 'registrar', 0, { site: 'hill', ...licence('L-1', '2025-01-01', '2026-05-11') }),
    ],
    ['licence-invalid', 'licence-invalid'],
  ],
  'a licence that ends while the goods are on their way': [
    (lot) => [
      says('site.updated', 'registrar', 0, { site: 'hill', ...licence('L-1', '2025-01-01', '2026-05-12') }),
      says('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }] }),
      says('custody.received', 'trader', 20, { from: 'coop', lots: [{ lot, mass }] }),
    ],
    ['licence-invalid'],
  ],
  'a licence that ends while the goods are on their way, and turns out to have been renewed': [
    (lot) => [
      says('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }] }),
      says('site.updated', 'registrar', 0, { site: 'hill', ...licence('L-1', '2025-01-01', '2026-05-12') }),
      says('custody.received', 'trader', 20, { from: 'coop', lots: [{ lot, mass }] }),
      says('site.updated', 'registrar', 1, { site: 'hill', ...licence('L-2', '2026-05-13', '2027-05-12') }),
    ],
    [],
  ],
  'workers that leave after they have dug': [
    () => [
      () =>
        declareAt(-240, { outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '4000', uom: 'KGM' } }] }),
      says('site.updated', 'registrar', 2, {
        site: 'hill',
        capacity: { workers: 20, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      }),
      () => declareAt(3),
    ],
    ['late-entry', 'site-starts-full'],
  ],
  'an inspection that is logged after the lots were mixed': [
    (lot) => [
      says('lot.aggregated', 'coop', 1, { inputs: [{ lot }], outputs: [{ mass }] }),
      says('site.inspected', 'agent', 0, { site: 'hill', date: '2026-05-11', certification: 3, activity: 1 }),
    ],
    ['site-status'],
  ],
  'an inspection that is logged after lots of two sites were mixed': [
    (lot) => [
      says('site.inspected', 'agent', -2, { site: 'hill', date: '2026-05-01', certification: 1, activity: 1 }),
      says('site.registered', 'registrar', -1, {
        site: 'ridge',
        country: 'RW',
        operator: 'coop',
        minerals: ['cassiterite'],
      }),
      async () => {
        const { lots } = await declareAt(0, { place: { site: 'ridge' } });
        await record('lot.aggregated', 'coop', 1, {
          inputs: [{ lot }, { lot: lots[0] }],
          outputs: [{ mass: { value: '100', uom: 'KGM' } }],
        });
      },
      says('site.inspected', 'agent', 2, { site: 'ridge', date: '2026-05-11', certification: 3, activity: 1 }),
    ],
    ['mix-forbidden', 'site-status'],
  ],
  'an inspection that confirms a capacity that was raised before it, and is logged after the declarations': [
    () => [
      says('site.inspected', 'agent', -2_000, { site: 'hill', date: '2026-02-01', certification: 1, activity: 1 }),
      says('site.updated', 'registrar', 0, {
        site: 'hill',
        capacity: { workers: 20, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      }),
      says('site.updated', 'registrar', 1, {
        site: 'hill',
        capacity: { workers: 200, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      }),
      () => declareAt(2, { outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '4000', uom: 'KGM' } }] }),
      says('site.inspected', 'agent', 240, { site: 'hill', date: '2026-05-22', certification: 1, activity: 1 }),
    ],
    [],
  ],
  'a lot that left, which is entered after the declaration of another like it': [
    () => {
      const grades = [{ analyte: 'Sn', value: '51.4', uom: 'P1', basis: 'dry' }];
      const bag = { outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass, grades }] };
      const leaves = (lot: string, hours: number): Promise<unknown> =>
        record('lot.closed', 'coop', hours, { lots: [{ lot, mass }], reason: 'left', place: { site: 'hill' } });
      let second = '';
      return [
        async () => {
          const [first = ''] = (await declareAt(1, bag)).lots;
          await leaves(first, 2);
          [second = ''] = (await declareAt(20, bag)).lots;
        },
        () => declareAt(40, bag),
        () => leaves(second, 30),
      ];
    },
    ['declared-again', 'declared-again'],
  ],
  'a month that is many times those before it, one of which is entered later': [
    () => {
      const mines = (hours: number, kg: string) => () =>
        declareAt(hours, { outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: kg, uom: 'KGM' } }] });
      return [mines(-1_440, '100'), mines(-720, '110'), mines(1, '1900'), mines(-2_000, '120'), mines(48, '200')];
    },
    ['late-entry', 'late-entry', 'production-surge'],
  ],
  'a bag that is entered twice, of which the later record is logged first': [
    () => {
      const bag = { outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '50.37', uom: 'KGM' } }] };
      return [() => declareAt(1.05, bag), () => declareAt(1, bag), () => declareAt(1.02, bag)];
    },
    // Each record is compared with the newest before it: two of the three are too many.
    ['declared-twice', 'declared-twice'],
  ],
  'a bag that is entered twice, of which one record is closed': [
    () => {
      const bag = { outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '50.37', uom: 'KGM' } }] };
      let [first, second] = ['', ''];
      return [
        async () => {
          [first = ''] = (await declareAt(1, bag)).lots;
        },
        async () => {
          [second = ''] = (await declareAt(1.05, bag)).lots;
        },
        () => record('lot.closed', 'coop', 2, { lots: [{ lot: first }], reason: 'duplicate', duplicateOf: second }),
      ];
    },
    [],
  ],
  'a relation that is corrected after the handover': [
    (lot) => {
      let relation = '';
      return [
        async () => {
          const related = { actor: 'coop', other: 'trader', from: '2026-01-01' };
          relation = (await record('actor.related', 'coop', 0, related)).id;
        },
        says('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }] }),
        says('custody.received', 'trader', 5, { from: 'coop', lots: [{ lot, mass }] }),
        () =>
          record('event.corrected', 'coop', 6, {
            event: relation,
            field: '/until',
            is: '2026-03-31',
            reason: 'It has ended.',
          }),
      ];
    },
    [],
  ],
  'an incident in a depot that is told when the goods have been there': [
    (lot) => [
      says('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }] }),
      says('custody.received', 'trader', 5, {
        from: 'coop',
        lots: [{ lot, mass }],
        place: { facility: 'depot' },
      }),
      says('incident.reported', 'agent', 4, {
        category: 'theft',
        level: 2,
        facilities: ['depot'],
      }),
    ],
    ['incident-open'],
  ],
  'a certificate that is logged after an export that did not name it': [
    (lot) => [
      () => sold([lot]),
      says('lot.exported', 'house', 8, { lots: [{ lot }], place: { facility: 'depot' } }),
      says('certificate.issued', 'agent', 9, certificate(lot)),
    ],
    [],
  ],
  'a person that declares again before the purchase of the first lot is looked at': [
    () => {
      const panned = (hours: number) => () =>
        record('lot.declared', 'agent', hours, {
          holder: 'pan',
          method: 'panning',
          place: { site: 'hill', ...HILL },
          outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '12', uom: 'KGM' } }],
        });
      let lot = '';
      return [
        () => ledger.register('pan', 'miner'),
        async () => {
          lot = (await panned(1)()).lots[0] ?? '';
        },
        () => record('custody.dispatched', 'pan', 2, { to: 'trader', lots: [{ lot }] }),
        () =>
          record('custody.received', 'trader', 5, {
            from: 'pan',
            lots: [{ lot, mass: { value: '12', uom: 'KGM' } }],
            place: FAR,
          }),
        panned(6),
      ];
    },
    ['person-two-places', 'person-two-places', 'speed-impossible'],
  ],
  'what came before a device’s last record, and came late': [
    () => [
      () => declareAt(0, { place: { site: 'hill', ...HILL }, device: 'phone', seq: 1 }),
      () => declareAt(72, { place: { site: 'hill', ...HILL }, device: 'phone', seq: 3 }),
      () => declareAt(71.5, { place: { site: 'hill', ...FAR }, device: 'phone', seq: 2 }),
    ],
    ['place-jump'],
  ],
  'something of the day among what came late': [
    () => [() => declareAt(-200), () => declareAt(0), () => declareAt(-100)],
    ['late-entry'],
  ],
};

findsTheSame(stories);

it('closes what happened after an incident was closed, whichever is logged first', async () => {
  const reported = await ledger.record('incident.reported', 'agent', {
    category: 'theft',
    level: 2,
    sites: ['hill'],
    occurredAt: at(-48),
  });
  await declared(0);
  await ledger.verifier().verify();
  expect(rules(await open())).toEqual(['incident-open']);
  const closed = { incident: reported.id, status: 'closed', outcome: 'unfounded', occurredAt: at(-1) };
  await ledger.record('incident.updated', 'agent', closed);
  await ledger.verifier().verify();
  expect(await open()).toEqual([]);
});

it('weighs two exports of one container together, whichever it saw first', async () => {
  const [one, other] = [await declared(), await declared()];
  const papers = { certificate: 'RW-1', container: 'MSCU1234565', place: { facility: 'depot' } };
  const both = certificate(one, { lots: [one, other], mass: { value: '100', uom: 'KGM' } });
  await sold([one, other]);
  await ledger.record('certificate.issued', 'agent', both);
  await ledger.record('lot.exported', 'house', { lots: [{ lot: one }], ...papers });
  await ledger.verifier().verify();
  expect(await open()).toEqual([]);
  ledger.clock.advance(25 * 3_600_000);
  await ledger.deadlines().judge();
  await ledger.verifier().verify();
  expect(rules(await open())).toEqual(['certificate-mass-differs']);
  await ledger.record('lot.exported', 'house', { lots: [{ lot: other }], ...papers });
  await ledger.verifier().verify();
  expect(await open()).toEqual([]);
});

it('knows of a device’s number that it was refused, and misses none that was not kept', async () => {
  const lot = await declared();
  const recorded = (seq: number): object => ({ device: 'phone', seq });
  await record('custody.dispatched', 'coop', 1, { to: 'trader', lots: [{ lot }], ...recorded(1) });
  const again = { to: 'mallory', lots: [{ lot }], ...recorded(2) };
  expect(await ledger.submit('custody.dispatched', 'coop', again)).toMatchObject({
    status: 'refused',
    error: { code: 'lot-in-transit' },
  });
  await record('custody.received', 'trader', 2, { from: 'coop', lots: [{ lot, mass }] });
  await declareAt(3, recorded(3) as Record<string, unknown>);
  ledger.clock.advance(80 * HOUR);
  await ledger.deadlines().judge();
  await ledger.verifier().verify();
  expect(rules(await open())).toEqual(['double-sale-attempt']);
});
