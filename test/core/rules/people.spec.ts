import { describe, expect, it } from '@jest/globals';
import { relatedParties } from '../../../src/core/rules/actors/related-parties.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { personOverCap } from '../../../src/core/rules/people/person-over-cap.js';
import { personTwoPlaces } from '../../../src/core/rules/people/person-two-places.js';
import { splitBelowCap } from '../../../src/core/rules/people/split-below-cap.js';
import { monthAfter } from '../../../src/core/rules/people/producers.js';
import { pans, rivers } from '../../support/cases-people.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, dispatches, receives, registrar, world } from '../../support/told-world.js';

const overCap = (log: ScriptedLog) =>
  judge(personOverCap, log.facts(), defaultParameters).findings.map(({ cause, measured }) => `${cause}: ${measured}`);

describe('the cap of one person', () => {
  it('holds in a month, and less strictly across the end of one', () => {
    const sold = (first: string, second: string): string[] => {
      const log = rivers();
      pans(log, 'rosa', first, '20');
      pans(log, 'rosa', second, '20');
      return judge(personOverCap, log.facts(), defaultParameters).findings.map(
        ({ cause, severity, measured }) => `${cause} ${severity} ${measured}`,
      );
    };
    expect(sold('2026-06-01T12:00:00Z', '2026-06-30T12:00:00Z')).toEqual(['month high 0.04 KGM']);
    expect(sold('2026-05-20T12:00:00Z', '2026-06-16T11:00:00Z')).toEqual(['month medium 0.04 KGM']);
    expect(sold('2026-05-20T12:00:00Z', '2026-06-16T12:00:00Z')).toEqual([]);
  });

  it('holds in twelve months for those who stay below it in each', () => {
    const steady = (grams: string): ScriptedLog => {
      const log = rivers();
      for (let month = '2026-06'; month <= '2027-05'; month = monthAfter(month, 1))
        pans(log, 'rosa', `${month}-05T12:00:00Z`, grams);
      return log;
    };
    expect(overCap(steady('35.6'))).toEqual([]);
    // The yearly cap is twelve monthly ones, with the same tolerance: only a thirteenth sale is above it.
    const log = steady('35.6');
    pans(log, 'rosa', '2027-05-05T13:00:00Z', '1.5');
    expect(overCap(log)).toEqual(['month: 0.0371 KGM', 'year: 0.4287 KGM']);
  });

  it('counts a person by its pseudonym, whoever has the goods, and shares the work of a team', () => {
    const named = (more: Record<string, unknown>): ScriptedLog => {
      const log = rivers();
      for (const day of ['13', '14', '15'])
        pans(log, 'panners', `2026-05-${day}T12:00:00Z`, '15', { person: { id: 'CO-7' }, ...more });
      return log;
    };
    expect(overCap(named({}))).toEqual(['month: 0.045 KGM']);
    expect(overCap(named({ teamSize: 3 }))).toEqual([]);
    const three = rivers();
    for (const id of ['CO-7', 'CO-8', 'CO-9']) pans(three, 'panners', '2026-05-13T12:00:00Z', '15', { person: { id } });
    expect(overCap(three)).toEqual([]);
  });

  it('is no cap of a cooperative for which an authority declares', () => {
    const log = rivers();
    const outputs = [{ lot: pans(log, 'rosa', '2026-05-13T12:00:00Z', '1'), mineral: 'cassiterite', form: 'ore' }];
    log.tell('lot.declared', {
      iss: 'agent',
      occurredAt: '2026-05-14T08:00:00Z',
      holder: 'coop',
      place: { site: 'hill' },
      outputs: outputs.map((output) => ({ ...output, mass: { value: '900', uom: 'KGM' } })),
    });
    expect(overCap(log)).toEqual([]);
  });
});

describe('one person at two places', () => {
  it('is found by the card, whatever pseudonym it is shown with', () => {
    const log = rivers();
    pans(log, 'panners', '2026-05-13T12:00:00Z', '6', { person: { id: 'CO-7', card: 'BQ-1' } });
    pans(log, 'panners', '2026-05-13T12:20:00Z', '6', {
      person: { id: 'CO-8', card: 'BQ-1' },
      place: { site: 'sanjuan' },
    });
    const [finding, ...more] = judge(personTwoPlaces, log.facts(), defaultParameters).findings;
    expect(more).toEqual([]);
    expect(finding?.detail).toMatch(/One card, of CO-8 and CO-7, was at two places 4\d km apart/);
  });
});

describe('many just below the cap', () => {
  it('count if they are most of those whom one signer names, and weigh more within one hour', () => {
    const found = (others: number, minutes: number): string[] => {
      const log = rivers();
      for (let i = 0; i < 5; i += 1)
        pans(log, `p${i}`, new Date(Date.parse('2026-05-13T12:00:00Z') + i * minutes * 60_000).toISOString(), '34.2');
      for (let i = 0; i < others; i += 1) pans(log, `q${i}`, '2026-05-14T12:00:00Z', `1${i}`);
      return judge(splitBelowCap, log.facts(), defaultParameters).findings.map(({ severity }) => severity);
    };
    expect(found(5, 60)).toEqual(['medium']);
    expect(found(5, 15)).toEqual(['high']);
    expect(found(6, 15)).toEqual([]);
  });
});

describe('related parties', () => {
  it('are those behind whom one person is, on the days on which it is', () => {
    const found = (until: string): string[] => {
      const log = world();
      for (const actor of ['coop', 'trader'])
        log.tell('actor.related', {
          ...registrar,
          actor,
          person: 'P-1',
          relation: 'beneficialOwner',
          ...(actor === 'coop' ? {} : { until }),
        });
      const bag = lot('bag');
      declares(log, [{ lot: bag, kg: '50.3' }]);
      dispatches(log, [bag], { mode: 'truck' });
      receives(log, { [bag]: '50.3' });
      return judge(relatedParties, log.facts(), defaultParameters).findings.map(({ severity }) => severity);
    };
    expect(found('2026-05-13')).toEqual(['low']);
    expect(found('2026-05-12')).toEqual([]);
  });
});
