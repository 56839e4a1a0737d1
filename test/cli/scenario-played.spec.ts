import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../src/cli/scenario/outcome.js';
import { playScenario } from '../../src/cli/scenario/play.js';
import { scenarioSchema } from '../../src/cli/scenario/scenario-file.js';
import { openTestStage } from '../support/test-stage.js';

const TIMEOUT = 120_000;

const registry = {
  title: 'Tin',
  origin: 'example.org/tin',
  actors: {
    registrar: { country: 'RW' },
    authority: { country: 'RW' },
    coop: { roles: ['miner'], country: 'RW', identifiers: [{ scheme: 'RW-COOP', value: 'C-7' }] },
    trader: { roles: ['trader'], country: 'RW', card: { from: '2026-01-01', to: '2027-01-01' } },
    house: { roles: ['trader', 'processor', 'exporter'], country: 'RW', cardValidUntil: '2027-01-01' },
    smelter: { roles: ['importer', 'smelter', 'processor'], country: 'RW' },
    lab: { roles: ['assayer'], country: 'RW' },
  },
  sites: {
    hill: {
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
      nationalId: 'RW-7',
      point: [30.015, -1.79],
      polygon: {
        type: 'Polygon',
        coordinates: [
          [
            [30, -1.8],
            [30.03, -1.8],
            [30.03, -1.78],
            [30, -1.78],
            [30, -1.8],
          ],
        ],
      },
      licence: { kind: 'artisanal_permit', number: 'SYN-L-1', from: '2025-01-01', to: '2028-12-31' },
      capacity: { workers: 60 },
      certification: 1,
      inspectedOn: '2026-02-01',
    },
  },
  facilities: {
    depot: { kind: 'plant', country: 'RW', operator: 'house', capacityPerMonth: { value: '50', uom: 'TNE' } },
    shed: { kind: 'warehouse', country: 'RW', point: [30.05, -1.83], capacityPerMonth: '50 TNE' },
  },
  tags: [{ series: 'SYN-M-', from: 4411, to: 4500, site: 'hill' }],
};

const play = (steps: unknown[], more: object = {}): Promise<Outcome> => {
  const scenario = scenarioSchema.parse({ ...registry, comment: 'Notes may stand beside.', steps, ...more });
  return playScenario(scenario, () => undefined, openTestStage);
};

const declared = (lot: string, at: string, more: object = {}) => ({
  at,
  by: 'coop',
  type: 'lot.declared',
  place: { site: 'hill' },
  outputs: [{ lot, mineral: 'cassiterite', form: 'concentrate', mass: '48.6 KGM', moisturePercent: 6, ...more }],
});

const sent = (lot: string, by: string, to: string, at: string, more: object = {}) => ({
  at,
  by,
  type: 'custody.dispatched',
  to,
  lots: [lot],
  ...more,
});

const got = (lot: string, by: string, from: string, at: string, mass = '48.5 KGM') => ({
  at,
  by,
  type: 'custody.received',
  from,
  lots: [{ lot, mass }],
});

describe('a scenario, played', () => {
  it(
    'lets a step that is refused, or waits, spoil nothing for those who had no part in it',
    async () => {
      const { accepted, refused, findings, verdicts } = await play([
        declared('bag1', '2026-05-12T08:10:00+02:00'),
        sent('bag1', 'coop', 'trader', '2026-05-12T09:00:00+02:00'),
        got('bag1', 'trader', 'coop', '2026-05-12T13:00:00+02:00'),
        // A second sale, by a phone that reaches the ledger when the first is done with; its buyer builds on it.
        { ...sent('bag1', 'coop', 'house', '2026-05-12T14:00:00+02:00'), recordedAt: '2026-05-12T18:00:00+02:00' },
        got('bag1', 'house', 'coop', '2026-05-12T14:30:00+02:00'),
        sent('bag1', 'trader', 'smelter', '2026-05-12T15:00:00+02:00'),
        got('bag1', 'smelter', 'trader', '2026-05-12T19:00:00+02:00', '60.0 KGM'),
        // An honest one: what waits for it is accepted as soon as it comes.
        declared('bag2', '2026-05-12T15:10:00+02:00'),
        { ...sent('bag2', 'coop', 'house', '2026-05-12T16:00:00+02:00'), recordedAt: '2026-05-12T18:00:00+02:00' },
        got('bag2', 'house', 'coop', '2026-05-12T17:00:00+02:00'),
        sent('bag2', 'house', 'smelter', '2026-05-12T17:30:00+02:00'),
        { ...declared('bag3', '2026-05-12T18:10:00+02:00', { mass: '0 KGM' }) },
        { ...declared('bag4', '2026-05-12T18:10:00+02:00'), note: 'No claim of this type.' },
        sent('nobody', 'coop', 'trader', '2026-05-12T18:30:00+02:00'),
        { ...declared('bag5', '2026-05-12T18:40:00+02:00'), by: 'stranger' },
        { at: '2026-05-12T18:40:00+02:00', by: 'coop', type: 'lot.polished', lots: ['bag2'] },
        // Whoever sells what is not theirs, and whoever buys it, are told when the sale comes in.
        declared('bag6', '2026-05-12T19:00:00+02:00'),
        { ...sent('bag6', 'house', 'smelter', '2026-05-12T19:10:00+02:00'), recordedAt: '2026-05-12T19:40:00+02:00' },
        got('bag6', 'smelter', 'house', '2026-05-12T19:20:00+02:00'),
        sent('bag6', 'coop', 'trader', '2026-05-12T20:00:00+02:00'),
      ]);
      expect(refused).toEqual([
        { step: 3, code: 'head-moved' },
        { step: 4, code: 'parent-refused' },
        { step: 11, code: 'quantity-invalid' },
        { step: 12, code: 'schema-invalid' },
        { step: 13, code: 'lot-unknown' },
        { step: 14, code: 'key-unknown' },
        { step: 15, code: 'type-unknown' },
        { step: 17, code: 'not-holder' },
        { step: 18, code: 'parent-refused' },
      ]);
      expect(accepted).toBe(11);
      expect(findings.map(({ rule, steps }) => [rule, steps])).toEqual([
        ['mass-gained', [6]],
        ['not-holder', [17]],
      ]);
      expect(Object.keys(verdicts)).toEqual(['bag1', 'bag2', 'bag6']);
    },
    TIMEOUT,
  );

  it(
    'says of a step that waits for ever that it does, and tampers also after the last step',
    async () => {
      const { accepted, refused, findings, verdicts } = await play(
        [
          declared('bag1', '2026-05-12T08:10:00+02:00'),
          {
            ...sent('bag1', 'coop', 'trader', '2026-05-12T09:00:00+02:00'),
            lots: [{ lot: 'bag1', prev: 'A'.repeat(43) }],
          },
        ],
        { tamper: [{ after: 2, sql: `UPDATE lots SET holder = 'trader'` }] },
      );
      expect({ accepted, refused }).toEqual({ accepted: 1, refused: [{ step: 1, code: 'waiting' }] });
      expect(findings.map(({ rule }) => rule)).toEqual(['record-projection-differs']);
      expect(verdicts.bag1?.record).toBe('broken');
    },
    TIMEOUT,
  );

  it(
    'finds out what halts the log too',
    async () => {
      const sql = 'UPDATE log_state SET size = size - 1';
      const steps = [declared('bag1', '2026-05-12T08:10:00+02:00')];
      const { accepted, findings } = await play(steps, { tamper: [{ after: 0, sql }] });
      expect({ accepted, rules: findings.map(({ rule }) => rule) }).toEqual({
        accepted: 1,
        rules: ['record-root-mismatch'],
      });
    },
    TIMEOUT,
  );

  it(
    'is no scenario where the ledger refuses its registry, and says which member and why',
    async () => {
      const actors = { coop: { roles: ['miner'], shoeSize: 44 } };
      await expect(play([], { actors, sites: {}, facilities: {}, tags: [] })).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/actors\.coop is refused, schema-invalid[^]*actors\.coop\.shoeSize/),
      });
    },
    TIMEOUT,
  );

  it(
    'takes the short form of every type, and the ledger what becomes of it',
    async () => {
      const { refused, accepted, findings, verdicts } = await play(everyType, { advanceTo: '2026-05-20T00:00:00Z' });
      expect(refused).toEqual([]);
      expect(accepted).toBe(everyType.length);
      // The one that was there has been answered.
      expect(findings.filter(({ rule }) => rule === 'mass-gained')).toEqual([]);
      expect(Object.keys(verdicts)).toEqual(['bag1', 'bag2', 'pile', 'half1', 'half2', 'clean']);
    },
    TIMEOUT,
  );
});

const PLACE = { facility: 'depot' };
const day = (time: string): string => `2026-05-${time}:00+02:00`;
const everyType = [
  { ...declared('bag1', day('12T08:00'), { tags: ['SYN-M-4411'], packages: { kind: 'bag', count: 1 } }), teamSize: 4 },
  {
    ...declared('bag2', day('12T08:10'), { grades: [{ analyte: 'Sn', value: 52, uom: 'P1', basis: 'dry' }] }),
    device: 'phone',
    seq: 1,
  },
  {
    at: day('12T08:20'),
    by: 'coop',
    type: 'lot.measured',
    place: 'hill',
    lots: [{ lot: 'bag1', mass: '48.6 KGM', moisturePercent: 6 }],
  },
  { at: day('12T08:30'), by: 'coop', type: 'lot.sealed', lots: [{ lot: 'bag1', sealsOn: ['S-1'] }] },
  { at: day('12T08:40'), by: 'authority', type: 'lot.held', lots: ['bag1'], ground: 'A check.', mass: '48.6 KGM' },
  { at: day('12T08:50'), by: 'authority', type: 'lot.released', lots: [{ lot: 'bag1' }], ground: 'All is well.' },
  sent('bag1', 'coop', 'house', day('12T09:00'), {
    lots: ['bag1', { lot: 'bag2', mass: '48.6 KGM' }],
    route: [[30.015, -1.79], 'Kigali'],
    mode: 'truck',
  }),
  {
    at: day('12T10:00'),
    by: 'authority',
    type: 'transit.checked',
    lots: ['bag1'],
    fees: [{ kind: 'toll', paid: { amount: 500, currency: 'RWF' } }],
  },
  {
    at: day('12T12:00'),
    by: 'house',
    type: 'custody.received',
    from: 'coop',
    place: PLACE,
    lots: [
      { lot: 'bag1', mass: '60 KGM' },
      { lot: 'bag2', outcome: 'rejected', reason: 'Wet.' },
    ],
  },
  sent('bag2', 'coop', 'house', day('12T13:00')),
  got('bag2', 'house', 'coop', day('12T14:00')),
  {
    at: day('12T15:00'),
    by: 'house',
    type: 'finding.answered',
    finding: { rule: 'mass-gained', lots: ['bag1'] },
    answer: 'explain',
    reason: 'The scale was wrong.',
  },
  {
    at: day('12T15:10'),
    by: 'house',
    type: 'event.corrected',
    event: 8,
    field: '/lots/0/mass',
    was: '60 KGM',
    is: '48.5 KGM',
    reason: 'The scale was wrong.',
  },
  { at: day('12T15:20'), by: 'authority', type: 'event.endorsed', events: [12] },
  { at: day('12T15:30'), by: 'coop', type: 'event.disputed', event: 8, ground: 'It was less.' },
  { at: day('12T15:40'), by: 'authority', type: 'event.settled', dispute: 14, settlement: 'upheld', reason: 'It was.' },
  {
    at: day('12T15:50'),
    by: 'lab',
    type: 'assay.certified',
    lot: 'bag1',
    sample: 'A-1',
    moisturePercent: 6,
    grades: [{ analyte: 'Sn', value: 52, uom: 'P1', basis: 'dry', uncertainty: 1 }],
  },
  {
    at: day('12T15:55'),
    by: 'lab',
    type: 'origin.tested',
    lot: 'bag1',
    sample: 'A-1',
    sites: ['hill'],
    result: 'plausible',
  },
  {
    at: day('13T08:00'),
    by: 'house',
    type: 'stock.counted',
    place: 'depot',
    lots: [{ lot: 'bag1', mass: '48.5 KGM' }],
    missing: ['bag2'],
  },
  { at: day('13T08:10'), by: 'coop', type: 'incident.reported', category: 'theft', level: 3, lots: ['bag1'] },
  { at: day('13T08:20'), by: 'registrar', type: 'incident.updated', incident: 19, status: 'closed', outcome: 'Found.' },
  {
    at: day('13T08:30'),
    by: 'house',
    type: 'payment.recorded',
    kind: 'price',
    payer: 'house',
    payee: 'coop',
    lots: ['bag1'],
    amount: { amount: 700, currency: 'USD' },
  },
  {
    at: day('13T09:00'),
    by: 'house',
    type: 'lot.aggregated',
    inputs: ['bag1', { lot: 'bag2', mass: '48.5 KGM' }],
    outputs: [{ lot: 'pile', mass: '97 KGM', moisturePercent: 6 }],
  },
  {
    at: day('13T10:00'),
    by: 'house',
    type: 'lot.split',
    inputs: ['pile'],
    outputs: [
      { lot: 'half1', mass: '50 KGM' },
      { lot: 'half2', mass: '47 KGM' },
    ],
  },
  {
    at: day('13T11:00'),
    by: 'house',
    type: 'lot.processed',
    place: PLACE,
    process: 'gravity',
    inputs: ['half1'],
    outputs: [{ lot: 'clean', form: 'concentrate', mass: '40 KGM', moisturePercent: 4 }],
    residues: [{ kind: 'tailings', mass: '9.5 KGM', moisturePercent: 10 }],
  },
  {
    at: day('14T08:00'),
    by: 'authority',
    type: 'certificate.issued',
    serial: 'C-1',
    exporter: 'house',
    lots: ['clean'],
    mass: '40 KGM',
    originCountries: ['RW'],
    verifier: 'A',
    validator: 'B',
    issuedOn: '2026-05-14',
    expiresOn: '2026-08-01',
  },
  {
    at: day('14T09:00'),
    by: 'house',
    type: 'lot.exported',
    lots: [{ lot: 'clean', mass: '40 KGM' }],
    certificate: 'C-1',
    value: { amount: 1000, currency: 'USD' },
  },
  sent('clean', 'house', 'smelter', day('14T10:00')),
  got('clean', 'smelter', 'house', day('15T10:00'), '40 KGM'),
  { at: day('15T11:00'), by: 'smelter', type: 'lot.imported', lots: ['clean'], certificate: 'C-1' },
  { at: day('15T12:00'), by: 'house', type: 'lot.closed', lots: ['half2'], reason: 'Sold to a school.' },
  {
    at: day('15T13:00'),
    by: 'authority',
    type: 'site.updated',
    site: 'hill',
    capacity: { workers: 70, kilogramsPerWorkerMonth: 40 },
    point: [30.016, -1.79],
    polygonRadiusDegrees: 0.01,
  },
  { at: day('15T13:10'), by: 'registrar', type: 'actor.registered', actor: 'late', roles: ['trader'], country: 'RW' },
  { at: day('15T13:20'), by: 'late', type: 'incident.reported', category: 'tagLoss', level: 3, sites: ['hill'] },
  { at: day('15T13:30'), by: 'coop', type: 'key.added', actor: 'coop', label: 'A new phone' },
  { at: day('15T13:40'), by: 'coop', type: 'key.revoked', actor: 'coop', reason: 'lost' },
  { at: day('15T13:50'), by: 'coop', type: 'incident.reported', category: 'theft', level: 3, actors: ['coop'] },
  { at: day('15T14:00'), by: 'authority', type: 'certificate.revoked', serial: 'C-1', reason: 'Used up.' },
];
