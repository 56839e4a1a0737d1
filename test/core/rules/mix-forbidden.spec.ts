import { describe, expect, it } from '@jest/globals';
import { findingsIn } from '../../support/found.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, inspect, makes, site, world } from '../../support/told-world.js';

const [a, b, c, heap, pile, more] = ['a', 'b', 'c', 'heap', 'pile', 'more'].map(lot) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const mixes = (log: ScriptedLog): string[][] =>
  findingsIn(log)
    .filter(({ rule }) => rule === 'mix-forbidden')
    .map(({ lots }) => lots);

const together = (log: ScriptedLog, inputs: string[], output: string, kg: string): void =>
  makes(log, 'lot.aggregated', inputs, [{ lot: output, kg, mineral: 'cobalt', form: 'ore' }], { iss: 'coop' });

/** Ore of two sites: what is said of how each was dug, and of the licences. */
const ore = (methods: [string?, string?, string?], kinds: [string?, string?] = []) => {
  const log = world();
  for (const [i, id] of ['zone', 'pit'].entries())
    site(log, id, {
      country: 'CD',
      minerals: ['cobalt'],
      capacity: { workers: 900, kilogramsPerWorkerMonth: { cobalt: '3000' } },
      ...(kinds[i] === undefined ? {} : { licence: { kind: kinds[i], number: id } }),
    });
  for (const [i, id] of [a, b, c].entries())
    declares(log, [{ lot: id, kg: `30.${i + 1}`, mineral: 'cobalt', form: 'ore' }], {
      place: { site: i === 2 ? 'pit' : 'zone' },
      ...(methods[i] === undefined ? {} : { method: methods[i] }),
    });
  return log;
};

/** Two bags of the red ridge, and one of the green hill. */
const red = () => {
  const log = world();
  site(log, 'ridge');
  inspect(log, 'ridge', '2026-05-01', 3);
  for (const [i, id] of [a, b, c].entries())
    declares(log, [{ lot: id, kg: `50.${i + 1}` }], { place: { site: i === 2 ? 'hill' : 'ridge' } });
  return log;
};

describe('industrial ore with artisanal', () => {
  it('is found when both were piled up apart before', () => {
    const log = ore(['artisanal', 'artisanal', 'industrial']);
    together(log, [a, b], heap, '60.3');
    expect(mixes(log)).toEqual([]);
    together(log, [heap, c], pile, '90.6');
    expect(mixes(log)).toEqual([[pile]]);
  });

  it('is found by the licence alone, and beside ore of which nothing is said', () => {
    const log = ore([], ['artisanal_exploitation_zone', 'exploitation_permit']);
    together(log, [a, c], heap, '60.4');
    expect(mixes(log)).toEqual([[heap]]);
    const unsaid = ore([undefined, undefined, 'mechanized']);
    together(unsaid, [a, c], heap, '60.4');
    expect(mixes(unsaid)).toEqual([[heap]]);
  });

  it('is told where it happened, and not wherever the mix goes', () => {
    const log = ore(['artisanal', 'artisanal', 'large-scale']);
    together(log, [a, c], heap, '60.4');
    together(log, [heap, b], pile, '90.6');
    expect(mixes(log)).toEqual([[heap]]);
  });

  it('is none where all of it is of one kind', () => {
    for (const methods of [['industrial', 'LSM', 'mechanised'], ['artisanal', undefined, 'small-scale'], []] as const) {
      const log = ore([...methods] as [string?, string?, string?]);
      together(log, [a, b, c], heap, '90.6');
      expect(mixes(log)).toEqual([]);
    }
  });
});

describe('mineral of a red site with that of one in order', () => {
  it('is found when the red was piled up before', () => {
    const log = red();
    makes(log, 'lot.aggregated', [a, b], [{ lot: heap, kg: '100.3' }], { iss: 'coop' });
    expect(mixes(log)).toEqual([]);
    makes(log, 'lot.aggregated', [heap, c], [{ lot: pile, kg: '150.6' }], { iss: 'coop' });
    expect(mixes(log)).toEqual([[pile]]);
  });

  it('is found at one site, dug before and after it turned red', () => {
    const log = world();
    declares(log, [{ lot: a, kg: '50.1' }]);
    inspect(log, 'hill', '2026-05-13', 3);
    declares(log, [{ lot: b, kg: '50.2' }], { occurredAt: '2026-05-14T08:00:00Z' });
    makes(log, 'lot.aggregated', [a, b], [{ lot: heap, kg: '100.3' }], { iss: 'coop' });
    expect(mixes(log)).toEqual([[heap]]);
  });

  it('is found by an inspection that is entered after the mix, which says so', () => {
    const inspectedOn = (date: string) => {
      const log = world();
      declares(log, [{ lot: a, kg: '50.1' }]);
      declares(log, [{ lot: b, kg: '50.2' }], { occurredAt: '2026-05-14T08:00:00Z' });
      makes(log, 'lot.aggregated', [a, b], [{ lot: heap, kg: '100.3' }], { iss: 'coop' });
      inspect(log, 'hill', date, 3);
      return log;
    };
    expect(mixes(inspectedOn('2026-05-13'))).toEqual([[heap]]);
    const [finding] = findingsIn(inspectedOn('2026-05-13')).filter(({ rule }) => rule === 'mix-forbidden');
    expect(finding?.detail).toContain('The inspection (2026-05-13) was entered after the mix.');
    expect(finding?.events).toHaveLength(2);
    // What was dug before the inspection is not judged by it.
    expect(mixes(inspectedOn('2026-05-15'))).toEqual([]);
  });
});

it('different minerals must not be worked together either', () => {
  const log = world();
  site(log, 'ridge', { minerals: ['wolframite'] });
  declares(log, [{ lot: a, kg: '50.1' }]);
  declares(log, [{ lot: b, kg: '50.2', mineral: 'wolframite' }], { place: { site: 'ridge' } });
  declares(log, [{ lot: c, kg: '50.3' }]);
  makes(log, 'lot.processed', [a, c], [{ lot: more, kg: '90.1' }], { process: 'gravity' });
  expect(mixes(log)).toEqual([]);
  makes(log, 'lot.processed', [more, b], [{ lot: heap, kg: '130.1' }], { process: 'gravity' });
  expect(mixes(log)).toEqual([[heap]]);
});

describe('recycled and mined material in one lot', () => {
  const put = (source: string, model?: string): string[] => {
    const log = world();
    declares(log, [{ lot: a, kg: '40' }], { source: 'mined' });
    declares(log, [{ lot: b, kg: '60' }], { source });
    makes(log, 'lot.aggregated', [a, b], [{ lot: heap, kg: '100', ...(model === undefined ? {} : { model }) }], {
      iss: 'coop',
    });
    declares(log, [{ lot: c, kg: '10' }]);
    makes(log, 'lot.aggregated', [heap, c], [{ lot: pile, kg: '110', ...(model === undefined ? {} : { model }) }], {
      iss: 'coop',
    });
    return findingsIn(log).flatMap(({ rule, severity, cause, measured }) =>
      rule === 'mix-forbidden' && cause === 'source' ? [`${severity}: ${measured}`] : [],
    );
  };

  it('is found once, where no model states it', () => {
    expect(put('recycled')).toEqual(['medium: mined and recycled']);
    expect(put('grandfathered')).toEqual(['medium: grandfathered and mined']);
  });

  it('is in order where it is stated, or all is of one source', () => {
    expect(put('recycled', 'massBalance')).toEqual([]);
    expect(put('mined')).toEqual([]);
  });
});
