import { describe, expect, it } from '@jest/globals';
import { findingsIn } from '../../support/found.js';
import { kilograms, lot } from '../../support/scripted-log.js';
import { declares, dispatches, grade, receives, register, world } from '../../support/told-world.js';

const [bag, again] = [lot('bag'), lot('again')];

interface Story {
  kg?: string;
  sn?: string;
  day?: string;
  reason?: string;
  closer?: string;
  facility?: string;
}

/** A bag that is closed on the 14th, and a new one. */
const story = ({
  kg = '50.3',
  sn = '51.4',
  day = '16',
  reason = 'left',
  closer = 'trader',
  facility = 'depot',
}: Story) => {
  const log = world();
  register(log, 'over', 'TZ');
  log.tell('facility.registered', {
    iss: 'registrar',
    occurredAt: '2026-01-02T08:00:00Z',
    facility: 'shed',
    kind: 'warehouse',
    country: 'TZ',
  });
  declares(log, [{ lot: bag, kg: '50.3', grades: [grade('Sn', '51.4')] }]);
  if (closer !== 'coop') {
    dispatches(log, [bag], { to: closer, mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { iss: closer });
  }
  log.tell('lot.closed', {
    iss: closer,
    occurredAt: '2026-05-14T09:00:00Z',
    place: { facility },
    lots: [{ lot: bag, mass: kilograms('50.3') }],
    reason,
  });
  declares(log, [{ lot: again, kg, grades: [grade('Sn', sn)] }], { occurredAt: `2026-05-${day}T10:00:00Z` });
  return findingsIn(log).flatMap(({ rule, lots }) => (rule === 'declared-again' ? [lots] : []));
};

describe('a lot that left and one that is declared as new', () => {
  it('are found by mass and grades, and both are named', () => {
    expect(story({})).toEqual([[again, bag]]);
    expect(story({ kg: '50.2', sn: '51.3' })).toEqual([[again, bag]]);
    expect(story({ reason: 'sold', closer: 'coop' })).toEqual([[again, bag]]);
  });

  it('are not meant where mass, grade, country or fortnight differ', () => {
    expect(story({ kg: '50.5' })).toEqual([]);
    expect(story({ sn: '51.6' })).toEqual([]);
    expect(story({ day: '29' })).toEqual([]);
    expect(story({ day: '13' })).toEqual([]);
    expect(story({ facility: 'shed' })).toEqual([]);
  });

  it('are not meant where their holder begins a mistaken record anew', () => {
    expect(story({ reason: 'wrong entry', closer: 'coop' })).toEqual([]);
  });
});
