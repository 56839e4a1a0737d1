import { describe, expect, it } from '@jest/globals';
import { facilityOverCapacity } from '../../../src/core/rules/mass/facility-over-capacity.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, dispatches, makes, receives, world } from '../../support/told-world.js';

const [bag, heap, other] = [lot('bag'), lot('heap'), lot('other')];

const facility = (log: ScriptedLog, id: string): void =>
  void log.tell('facility.registered', {
    iss: 'registrar',
    occurredAt: '2026-01-03T08:00:00Z',
    facility: id,
    kind: 'plant',
    country: 'RW',
    operator: 'trader',
    capacityPerMonth: { value: '1', uom: 'TNE' },
  });

/** A world in which the trader operates these facilities, and has a bag of that weight, received at a place or at none. */
const received = (kg: string, facilities: string[], more: Record<string, unknown> = {}): ScriptedLog => {
  const log = world();
  for (const id of facilities) facility(log, id);
  declares(log, [{ lot: bag, kg }]);
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: kg }, more);
  return log;
};

const at = (id: string): Record<string, unknown> => ({ place: { facility: id } });

const worked = (log: ScriptedLog, lots: string[], kg: string, more: Record<string, unknown> = {}): ScriptedLog => {
  makes(log, 'lot.processed', lots, [{ lot: lot('made'), kg }], { process: 'gravity', ...at('works'), ...more });
  return log;
};

const found = (log: ScriptedLog): string[] =>
  judge(facilityOverCapacity, log.facts(), defaultParameters).findings.map(
    ({ subject, measured }) => `${subject} ${measured}`,
  );
const intake = ['intake:works/2026-05 1200 KGM'];

describe('what comes into a facility', () => {
  it('is what was received there, or by who operates no other', () => {
    expect(found(received('1200', ['works'], at('works')))).toEqual(intake);
    expect(found(received('1200', ['works']))).toEqual(intake);
    expect(found(received('1200', ['works'], at('depot')))).toEqual([]);
    expect(found(received('1200', ['works', 'mill']))).toEqual([]);
  });

  it('is what is worked there and was not received there', () => {
    expect(found(worked(received('1200', ['works'], at('depot')), [bag], '700'))).toEqual(intake);
    const own = world();
    facility(own, 'works');
    declares(own, [{ lot: bag, kg: '1200' }]);
    expect(found(worked(own, [bag], '700', { iss: 'coop' }))).toEqual(intake);
  });

  it('is counted once', () => {
    const log = received('900', ['works'], at('works'));
    expect(found(worked(log, [bag], '700'))).toEqual([]);
    makes(log, 'lot.processed', [lot('made')], [{ lot: lot('again'), kg: '650' }], { process: 'dry' });
    expect(found(log)).toEqual(['output:works/2026-05 1350 KGM']);
  });

  it('is reckoned through heaps, by the bags that came from elsewhere', () => {
    const log = received('900', ['works', 'mill'], at('works'));
    declares(log, [{ lot: other, kg: '300' }]);
    dispatches(log, [other], { mode: 'truck' });
    receives(log, { [other]: '300' }, at('mill'));
    makes(log, 'lot.aggregated', [bag, other], [{ lot: heap, kg: '1200' }]);
    expect(found(log)).toEqual([]);
    expect(found(worked(log, [heap], '700'))).toEqual(intake);
  });
});
