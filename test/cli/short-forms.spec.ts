import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Chains, type SignedEvent } from '../../src/cli/scenario/chains.js';
import { type ScenarioNames, expandStep } from '../../src/cli/scenario/expand.js';
import { expandActor, expandFacility, expandInspection, expandSite } from '../../src/cli/scenario/expand-registry.js';
import { type Scenario, readScenario, scenarioSchema } from '../../src/cli/scenario/scenario-file.js';
import { CommandError } from '../../src/cli/output/terminal.js';

const site = {
  country: 'CD',
  operator: 'coop',
  minerals: ['cassiterite', 'coltan'],
  point: [30, -1.7905],
  polygonRadiusDegrees: 0.004,
};
const read = (more: object = {}): Scenario =>
  scenarioSchema.parse({
    origin: 'example.org/tin',
    actors: { coop: { roles: ['miner'] } },
    sites: { hill: site },
    facilities: { depot: { kind: 'warehouse', country: 'CD' } },
    steps: [],
    ...more,
  });
const known: ScenarioNames = {
  lot: (name) => (name === 'bag1' ? 'id-of-bag1' : undefined),
  head: (lot, actor) => (lot === 'id-of-bag1' ? `head-for-${actor}` : undefined),
  event: (step) => `event-${step}`,
  kid: (actor) => `kid-of-${actor}`,
  opening: 'opening',
};
const step = (type: string, body: object): Record<string, unknown> =>
  expandStep({ at: '2026-05-12T08:10:00Z', by: 'coop', type, ...body }, read(), known);

describe('what a step says in short', () => {
  it('is a quantity wherever it looks like one, and where only a mass can stand also when it is none', () => {
    expect(step('lot.closed', { reason: '48.6 KGM' }).reason).toEqual({ value: '48.6', uom: 'KGM' });
    expect(step('lot.held', { mass: '-1 LBR', reference: '1 LBR' })).toEqual({
      mass: { value: '-1', uom: 'LBR' },
      reference: '1 LBR',
    });
  });

  it('has decimals as strings, whole ones too, and counts as numbers', () => {
    const place = { site: 'hill', lat: -2, lon: 30.015, accuracyM: 8 };
    const output = { mass: { value: 48, uom: 'KGM' }, moisturePercent: 6, packages: { kind: 'bag', count: 2 } };
    const grades = [{ analyte: 'ThO2', value: 0, uncertainty: 1 }];
    expect(step('x', { place, seq: 3, teamSize: 12, exp: 1.5, outputs: [{ ...output, grades }] })).toEqual({
      place: { site: 'hill', lat: '-2', lon: '30.015', accuracyM: '8' },
      seq: 3,
      teamSize: 12,
      exp: '1.5',
      outputs: [
        {
          mass: { value: '48', uom: 'KGM' },
          moisturePercent: '6',
          packages: { kind: 'bag', count: 2 },
          grades: [{ analyte: 'ThO2', value: '0', uncertainty: '1' }],
        },
      ],
    });
    expect(step('x', { value: { amount: 700, currency: 'USD' }, route: [[30, -2], 'Kigali'] })).toEqual({
      value: { amount: '700', currency: 'USD' },
      route: [['30', '-2'], 'Kigali'],
    });
    expect(step('tags.issued', { from: 1, to: 20, digits: 4 })).toEqual({ from: 1, to: 20, digits: 4 });
  });

  it('is a correction by the claim that it mends', () => {
    const correction = (field: string, is: unknown): unknown => step('event.corrected', { event: 0, field, is }).is;
    expect(correction('/outputs/0/moisturePercent', 6)).toBe('6');
    expect(correction('/outputs/0/mass', '0 KGM')).toEqual({ value: '0', uom: 'KGM' });
    expect(correction('/teamSize', 6)).toBe(6);
  });

  it('names lots with the newest event that its signer knows, or the one it is told', () => {
    const lots = ['bag1', { lot: 'bag1', mass: '5 KGM', prev: 3 }, { lot: 'bag1', prev: 'x' }];
    expect(step('custody.dispatched', { lots }).lots).toEqual([
      { lot: 'id-of-bag1', prev: 'head-for-coop' },
      { lot: 'id-of-bag1', mass: { value: '5', uom: 'KGM' }, prev: 'event-3' },
      { lot: 'id-of-bag1', prev: 'x' },
    ]);
    expect(step('lot.split', { inputs: ['bag1'] }).inputs).toEqual([{ lot: 'id-of-bag1', prev: 'head-for-coop' }]);
    expect(step('lot.sealed', { lots: ['bag9'] }).lots).toEqual([
      { lot: expect.stringMatching(/^[0-9a-f-]{36}$/), prev: 'opening' },
    ]);
  });

  it.each([
    'lot.held',
    'lot.released',
    'certificate.issued',
    'incident.reported',
    'transit.checked',
    'payment.recorded',
  ])('names lots without their chain in %s', (type) => {
    expect(step(type, { lots: ['bag1', { lot: 'bag1' }] }).lots).toEqual(['id-of-bag1', 'id-of-bag1']);
  });

  it('names lots, events, places and keys where the claim is one of these', () => {
    expect(step('stock.counted', { lots: [{ lot: 'bag1', mass: '5 KGM' }], missing: ['bag1'] })).toEqual({
      lots: [{ lot: 'id-of-bag1', mass: { value: '5', uom: 'KGM' } }],
      missing: ['id-of-bag1'],
    });
    expect(step('assay.certified', { lot: 'bag1' }).lot).toBe('id-of-bag1');
    expect(step('x', { events: [1, 'e'], event: 2, incident: 3, dispute: 4 })).toEqual({
      events: ['event-1', 'e'],
      event: 'event-2',
      incident: 'event-3',
      dispute: 'event-4',
    });
    expect([step('x', { place: 'hill' }).place, step('x', { place: 'depot' }).place]).toEqual([
      { site: 'hill' },
      { facility: 'depot' },
    ]);
    expect(step('key.revoked', { actor: 'coop' }).kid).toBe('kid-of-coop');
  });

  it('has a site in short as the registry has it', () => {
    const capacity = { workers: 60, kilogramsPerWorkerMonth: 40 };
    expect(step('site.updated', { site: 'hill', capacity, point: [30, -2], polygonRadiusDegrees: 0.5 })).toMatchObject({
      point: ['30', '-2'],
      polygon: {
        coordinates: [[['29.5', '-2.5'], expect.anything(), ['30.5', '-1.5'], expect.anything(), ['29.5', '-2.5']]],
      },
      capacity: { workers: 60, kilogramsPerWorkerMonth: { cassiterite: '40', coltan: '40' } },
    });
  });
});

describe('the registry of a scenario', () => {
  const hill = (more: object = {}): Scenario['sites'][string] =>
    read({ sites: { hill: { ...site, ...more } } }).sites.hill as Scenario['sites'][string];

  it('passes on what is no short form, and gives decimals as strings', () => {
    expect(expandSite('hill', hill({ nationalId: 'RW-7', capacity: { workers: 60 } }))).toMatchObject({
      site: 'hill',
      nationalId: 'RW-7',
      point: ['30', '-1.7905'],
      polygon: { coordinates: [expect.arrayContaining([['29.996', '-1.7945']])] },
      capacity: { workers: 60, kilogramsPerWorkerMonth: {} },
    });
    const polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [30, -1.8],
          [30, -1.7],
          [31, -1.7],
          [30, -1.8],
        ],
      ],
    };
    expect(expandSite('hill', hill({ polygon })).polygon).toEqual({
      type: 'Polygon',
      coordinates: [
        [
          ['30', '-1.8'],
          ['30', '-1.7'],
          ['31', '-1.7'],
          ['30', '-1.8'],
        ],
      ],
    });
    const rates = { cassiterite: 40, coltan: '7.5' };
    expect(expandSite('hill', hill({ capacity: { workers: 1, kilogramsPerWorkerMonth: rates } })).capacity).toEqual({
      workers: 1,
      kilogramsPerWorkerMonth: { cassiterite: '40', coltan: '7.5' },
    });
    expect(expandSite('hill', hill({ licence: { kind: 'pit', number: '1' } })).licence).toEqual({
      holder: 'coop',
      minerals: ['cassiterite', 'coltan'],
      kind: 'pit',
      number: '1',
    });
  });

  it('has the certification of a site as its inspection, on the day it is told or the first of all', () => {
    const before = Date.parse('2026-05-12T06:00:00Z');
    const inspection = { site: 'hill', certification: 2, activity: 1 };
    expect(expandInspection('hill', hill(), before)).toBeNull();
    expect(expandInspection('hill', hill({ certification: 2 }), before)).toEqual({ ...inspection, date: '2026-05-12' });
    expect(expandInspection('hill', hill({ certification: 2, inspectedOn: '2026-02-01' }), before)).toEqual({
      ...inspection,
      date: '2026-02-01',
    });
  });

  it('has capacities of facilities in either form', () => {
    for (const capacityPerMonth of ['50 TNE', { value: 50, uom: 'TNE' }]) {
      const scenario = read({
        facilities: { depot: { kind: 'plant', country: 'CD', point: [30, -2], capacityPerMonth } },
      });
      expect(expandFacility('depot', scenario.facilities.depot as Scenario['facilities'][string])).toEqual({
        facility: 'depot',
        kind: 'plant',
        country: 'CD',
        point: ['30', '-2'],
        capacityPerMonth: { value: '50', uom: 'TNE' },
      });
    }
  });

  it('has cards and identifiers of actors, and roles of those who are called what they are', () => {
    const identifiers = [{ scheme: 'LEI', value: 'X' }];
    const { actors } = read({
      actors: {
        coop: { roles: ['miner'], identifiers, card: { from: '2026-01-01' }, cardValidUntil: '2027-01-01' },
        lab: { roles: ['assayer'] },
        authority: { country: 'RW' },
      },
    });
    expect(Object.keys(actors)).toEqual(['registrar', 'coop', 'lab', 'authority']);
    expect([actors.registrar?.roles, actors.authority?.roles]).toEqual([['registrar'], ['authority']]);
    expect(expandActor('coop', actors.coop as Scenario['actors'][string])).toEqual({
      actor: 'coop',
      country: 'ZZ',
      roles: ['miner'],
      identifiers,
      card: { from: '2026-01-01', to: '2027-01-01' },
    });
  });
});

describe('chains, as those who sign know them', () => {
  const event = (number: number, prevs: string[], parties: string[]): SignedEvent => ({
    id: `e${number}`,
    step: number,
    lots: ['bag'],
    prevs,
    parties,
    born: number === 0 ? [['bag1', 'bag']] : [],
    state: 'signed',
  });

  it('show an event that is not logged yet to its parties alone, and one that was refused to nobody', () => {
    const chains = new Chains();
    const born = event(0, [], ['coop']);
    chains.add(born);
    expect(chains.head('bag', 'trader')).toBe('e0');
    born.state = 'admitted';
    const sale = event(1, ['e0'], ['coop', 'house']);
    const receipt = event(2, ['e1'], ['house', 'coop']);
    chains.add(sale);
    chains.add(receipt);
    expect([chains.head('bag', 'trader'), chains.head('bag', 'house')]).toEqual(['e0', 'e2']);
    sale.state = 'refused';
    expect(chains.head('bag', 'house')).toBe('e0');
    expect([...chains.bornLots()]).toEqual([['bag1', 'bag']]);
  });

  it('know a lot whose birth was refused by that, and by a second birth of the name', () => {
    const chains = new Chains();
    const first = { ...event(0, [], ['coop']), state: 'refused' as const };
    chains.add(first);
    expect([chains.lot('bag1'), chains.head('bag', 'coop')]).toEqual(['bag', 'e0']);
    chains.add({ ...event(1, [], ['coop']), lots: ['other'], born: [['bag1', 'other']] });
    expect([chains.lot('bag1'), chains.nameOf('bag')]).toEqual(['other', 'bag1']);
  });
});

describe('a file that is no scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adit-scenario-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const said = (text: string): unknown => {
    writeFileSync(join(folder, 'a.json'), text);
    try {
      return readScenario(join(folder, 'a.json'));
    } catch (error) {
      return error;
    }
  };

  it('ends with 2, as a command wrongly used, and tells every mistake', () => {
    expect(said('{')).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('line 1, column 2: a name in double quotes'),
    });
    expect(said('{"actors":{},"steps":[{"at":"noon"}]}')).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/origin: [^]*steps\.0\.at: [^]*steps\.0\.by: /),
    });
    // A misspelt expectation must not be one that always holds.
    expect(said('{"origin":"o","actors":{},"steps":[],"expect":{"finding":[]}}')).toBeInstanceOf(CommandError);
  });

  it('may say more than is known of it', () => {
    const more = { $schema: 'x', description: 'y', comments: ['z'] };
    expect(said(JSON.stringify({ ...more, origin: 'o', actors: {}, steps: [] }))).toMatchObject({ origin: 'o' });
  });
});
