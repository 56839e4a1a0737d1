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

describe('lots that left and one new lot of all of them', () => {
  interface Parts {
    /** Masses of the lots that the trader closes, kg, and the day and entry of each. */
    left: readonly { kg: string; sn?: string; day?: number; entry?: number }[];
    kg: string;
    sn?: string;
  }

  const melted = ({ left, kg, sn = '51.4' }: Parts): string[][] => {
    const log = world();
    const parts = left.map((part, n) => ({ sn: '51.4', day: 14, entry: n, ...part, id: lot(`part${n}`) }));
    declares(
      log,
      parts.map((part) => ({ lot: part.id, kg: part.kg, grades: [grade('Sn', part.sn)] })),
    );
    const all = parts.map(({ id }) => id);
    dispatches(log, all, { mode: 'truck' });
    receives(log, Object.fromEntries(parts.map((part) => [part.id, part.kg])));
    for (const entry of new Set(parts.map((part) => part.entry))) {
      const own = parts.filter((part) => part.entry === entry);
      log.tell('lot.closed', {
        iss: 'trader',
        occurredAt: `2026-05-${own[0]?.day}T${10 + entry}:00:00Z`,
        place: { facility: 'depot' },
        lots: own.map((part) => ({ lot: part.id })),
        reason: 'left',
      });
    }
    declares(log, [{ lot: again, kg, grades: [grade('Sn', sn)] }], { occurredAt: '2026-05-20T10:00:00Z' });
    return findingsIn(log).flatMap(({ rule, lots }) => (rule === 'declared-again' ? [lots] : []));
  };
  const [one, two, three] = [lot('part0'), lot('part1'), lot('part2')];
  const both = [
    { kg: '50.3', sn: '50.8' },
    { kg: '31.7', sn: '52.4' },
  ];

  it('are found by their sum and mean grade, of one entry or of two of one day or of several', () => {
    expect(melted({ left: both.map((part) => ({ ...part, entry: 0 })), kg: '82', sn: '51.42' })).toEqual([
      [again, one, two],
    ]);
    expect(melted({ left: both, kg: '82', sn: '51.42' })).toEqual([[again, one, two]]);
    const later = both.map((part, n) => ({ ...part, day: 13 + 2 * n }));
    expect(melted({ left: [...later, { kg: '12.9' }], kg: '81.9', sn: '51.42' })).toEqual([[again, one, two]]);
    const three3 = [...both, { kg: '12.9' }];
    expect(melted({ left: three3, kg: '94.9', sn: '51.42' })).toEqual([[again, one, two, three]]);
  });

  it('are not meant where the sum, the mean grade or the fortnight differ, or where a holder closed many', () => {
    expect(melted({ left: both, kg: '82.4', sn: '51.42' })).toEqual([]);
    expect(melted({ left: both, kg: '82', sn: '51.8' })).toEqual([]);
    expect(melted({ left: both.map((part, n) => ({ ...part, day: n === 0 ? 13 : 14 })), kg: '50.9' })).toEqual([]);
    const many = Array.from({ length: 7 }, (_, n) => ({ kg: `${40 + 3 * n}.${n}`, sn: '51.4', day: 13 + (n % 6) }));
    expect(melted({ left: many, kg: '83.1' })).toEqual([]);
  });
});
