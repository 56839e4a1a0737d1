import { describe, expect, it } from '@jest/globals';
import { findingsIn, found } from '../../support/found.js';
import { kilograms, lot } from '../../support/scripted-log.js';
import { declares, dispatches, makes, receives, register, registrar, site, world } from '../../support/told-world.js';

const [bag, other, heap] = [lot('bag'), lot('other'), lot('heap')];

type World = ReturnType<typeof world>;

/** The world with two stores of neighbours, and a carrier of one. */
const ready = (...stores: [string, string][]): World => {
  const log = world();
  register(log, 'freight', 'TZ', { roles: ['transporter'] });
  for (const [facility, country] of [['shed', 'TZ'], ['works', 'UG'], ...stores] as const)
    log.tell('facility.registered', { ...registrar, facility, kind: 'warehouse', country });
  declares(log, [
    { lot: bag, kg: '50.3' },
    { lot: other, kg: '20.1' },
  ]);
  return log;
};

const exported = (log: World, iss: string, lots: string[], day: number, more: Record<string, unknown> = {}): void =>
  void log.tell('lot.exported', {
    iss,
    occurredAt: `2026-05-${day}T08:00:00Z`,
    lots: lots.map((one) => ({ lot: one })),
    ...more,
  });

const imported = (log: World, iss: string, lots: string[], day: number): void =>
  void log.tell('lot.imported', {
    iss,
    occurredAt: `2026-05-${day}T12:00:00Z`,
    lots: lots.map((one) => ({ lot: one })),
  });

/** From one to another, the day after. */
const hands = (log: World, lots: Record<string, string>, from: string, to: string, day: number, at?: string): void => {
  const place = at === undefined ? {} : { place: { facility: at } };
  dispatches(log, Object.keys(lots), { iss: from, to, occurredAt: `2026-05-${day}T09:00:00Z`, mode: 'truck' });
  receives(log, lots, { iss: to, from, occurredAt: `2026-05-${day + 1}T09:00:00Z`, ...place });
};

const both = { [bag]: '50.3', [other]: '20.1' };
const crossed = (log: World): string[] =>
  findingsIn(log).flatMap(({ rule, severity, measured }) =>
    rule === 'border-unpapered' ? [`${severity}: ${measured}`] : [],
  );

describe('goods in another country than before', () => {
  it('are found where they were not exported, surely only by places', () => {
    const log = ready();
    hands(log, both, 'coop', 'abroad', 12, 'shed');
    expect(crossed(log)).toEqual(['high: RW to TZ']);
    const unplaced = ready();
    hands(unplaced, both, 'coop', 'abroad', 12);
    expect(crossed(unplaced)).toEqual(['medium: RW to TZ']);
  });

  it('are in order in transit, by one export for all countries on the way', () => {
    const log = ready();
    exported(log, 'coop', [bag, other], 12);
    hands(log, both, 'coop', 'freight', 12, 'shed');
    hands(log, both, 'freight', 'abroad', 14, 'works');
    expect(crossed(log)).toEqual([]);
  });

  it('need another export once they were imported', () => {
    const log = ready();
    exported(log, 'coop', [bag, other], 12);
    hands(log, both, 'coop', 'abroad', 12, 'shed');
    imported(log, 'abroad', [bag, other], 13);
    hands(log, both, 'abroad', 'plant', 14, 'works');
    expect(crossed(log)).toEqual(['high: TZ to UG']);
  });

  it('are judged by all that they were made of', () => {
    const blended = (lots: string[]): string[] => {
      const log = ready();
      exported(log, 'coop', lots, 12);
      hands(log, both, 'coop', 'trader', 12, 'depot');
      makes(log, 'lot.aggregated', [bag, other], [{ lot: heap, kg: '70.4' }], { place: { facility: 'depot' } });
      hands(log, { [heap]: '70.4' }, 'trader', 'abroad', 15, 'shed');
      return crossed(log);
    };
    expect(blended([bag, other])).toEqual([]);
    expect(blended([bag])).toEqual(['high: RW to TZ']);
  });

  it('are found where their holder moved them without a handover', () => {
    const log = ready();
    hands(log, both, 'coop', 'trader', 12, 'depot');
    makes(log, 'lot.aggregated', [bag, other], [{ lot: heap, kg: '70.4' }], { place: { facility: 'shed' } });
    expect(crossed(log)).toEqual(['high: RW to TZ']);
  });

  it('are not meant where a carrier has them, where they are refused, and where there is no border', () => {
    const carried = ready();
    hands(carried, both, 'coop', 'freight', 12);
    expect(crossed(carried)).toEqual([]);
    const refused = ready();
    dispatches(refused, [bag], { to: 'abroad', mode: 'truck' });
    receives(
      refused,
      {},
      { iss: 'abroad', place: { facility: 'shed' }, lots: [{ lot: bag, outcome: 'rejected', reason: 'wet' }] },
    );
    expect(crossed(refused)).toEqual([]);
    const union = ready(['vienna', 'AT'], ['munich', 'DE']);
    exported(union, 'coop', [bag, other], 12);
    hands(union, both, 'coop', 'abroad', 12, 'vienna');
    imported(union, 'abroad', [bag, other], 13);
    hands(union, both, 'abroad', 'plant', 14, 'munich');
    expect(crossed(union)).toEqual([]);
  });
});

describe('goods that are worked abroad', () => {
  const worked = (isImported: boolean): string[] => {
    const log = ready();
    exported(log, 'coop', [bag, other], 12, { place: { facility: 'depot' } });
    hands(log, both, 'coop', 'abroad', 12, 'shed');
    if (isImported) imported(log, 'abroad', [bag, other], 13);
    makes(log, 'lot.aggregated', [bag, other], [{ lot: heap, kg: '70.4' }], {
      iss: 'abroad',
      place: { facility: 'shed' },
    });
    return crossed(log);
  };

  it('are found where they were not imported', () => {
    expect(worked(true)).toEqual([]);
    expect(worked(false)).toEqual(['medium: lot.aggregated in TZ']);
  });
});

const certifies = (log: World, more: Record<string, unknown> = {}): void =>
  void log.tell('certificate.issued', {
    iss: 'agent',
    occurredAt: '2026-05-15T08:00:00Z',
    serial: 'RW-1',
    exporter: 'trader',
    lots: [bag, other],
    mass: kilograms('70.4'),
    originCountries: ['RW'],
    verifier: 'A. Uwase',
    validator: 'B. Mugabo',
    issuedOn: '2026-05-15',
    expiresOn: '2026-08-12',
    ...more,
  });

describe('a certificate', () => {
  const foreign = (kg: string, originCountries: string[]) => {
    const log = world();
    site(log, 'ridge', { country: 'CD' });
    declares(log, [{ lot: bag, kg: '50.3' }]);
    declares(log, [{ lot: other, kg }], { place: { site: 'ridge' } });
    certifies(log, { originCountries });
    return findingsIn(log).filter(({ rule }) => rule === 'certificate-contradicts');
  };

  it('must name every country that a real share comes from', () => {
    expect(foreign('20.1', ['CD', 'RW'])).toEqual([]);
    expect(foreign('0.5', ['RW'])).toEqual([]);
    const [finding, ...more] = foreign('20.1', ['RW']);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'high', measured: '28.5 % CD', threshold: 'RW', lots: [other] });
    expect(finding?.detail).toContain('20.1 kg of 70.4 kg (28.5 %) come from sites in CD');
  });

  it('is not older than its goods', () => {
    const dated = (issuedOn: string): string[] => {
      const log = ready();
      certifies(log, { issuedOn });
      return found(log);
    };
    expect(dated('2026-05-11')).toEqual([]);
    expect(dated('2026-05-10')).toEqual(['certificate-contradicts']);
  });

  it('is not for goods that had left, but for those that it left with', () => {
    const left = (certificate: string | undefined): string[] => {
      const log = ready();
      exported(log, 'coop', [bag, other], 13, certificate === undefined ? {} : { certificate });
      certifies(log);
      return findingsIn(log).flatMap(({ rule, cause }) => (rule === 'certificate-contradicts' ? [cause] : []));
    };
    expect(left('RW-1')).toEqual([]);
    expect(left('RW-0')).toEqual(['exported']);
    expect(left(undefined)).toEqual(['exported']);
  });

  it('is one for one export, until the goods come back', () => {
    const twice = (second: string, back: boolean): string[] => {
      const log = ready();
      exported(log, 'coop', [bag, other], 13, { certificate: 'RW-1' });
      if (back) imported(log, 'coop', [bag, other], 14);
      exported(log, 'coop', [bag, other], 16, { certificate: second });
      return findingsIn(log).flatMap(({ rule, cause }) => (rule === 'certificate-contradicts' ? [cause] : []));
    };
    expect(twice('RW-1', false)).toEqual([]);
    expect(twice('RW-2', true)).toEqual([]);
    expect(twice('RW-2', false)).toEqual(['twice']);
  });
});

describe('goods that are exported twice', () => {
  it('are found where they did not come back between', () => {
    const log = ready();
    exported(log, 'coop', [bag], 13);
    exported(log, 'coop', [bag], 20);
    expect(crossed(log)).toEqual(['medium: a second export from RW']);
    const back = ready();
    exported(back, 'coop', [bag], 13);
    imported(back, 'coop', [bag], 16);
    exported(back, 'coop', [bag], 20);
    expect(crossed(back)).toEqual([]);
  });
});
