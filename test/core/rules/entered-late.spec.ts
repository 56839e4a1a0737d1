import { describe, expect, it } from '@jest/globals';
import { findingsIn, found } from '../../support/found.js';
import { lot } from '../../support/scripted-log.js';
import { HILL, declares, dispatches, time, world } from '../../support/told-world.js';

const at = (minutes: number): string => new Date(Date.parse('2026-05-20T09:00:00Z') + minutes * 60_000).toISOString();
const dug = (day: number, hour = 8): string => `2026-05-${10 + day}T${String(hour).padStart(2, '0')}:00:00Z`;

/** Twenty-two bags of eight days, entered one a minute from a minute on. */
const desk = (first: number, count = 22, more: (i: number) => Record<string, unknown> = () => ({})) => {
  const log = world();
  for (let i = 0; i < count; i += 1) {
    time(log, at(first + i));
    declares(log, [{ lot: lot(`bag ${i}`), kg: `5${i % 10}.${i}` }], {
      occurredAt: dug(i % 8),
      place: { site: 'hill', ...HILL, accuracyM: '10' },
      ...more(i),
    });
  }
  return log;
};

const bursts = (log: ReturnType<typeof world>): string[] =>
  findingsIn(log)
    .filter(({ rule }) => rule === 'burst-entry')
    .map(({ measured }) => measured);

describe('what is entered at a desk', () => {
  it('is one burst, wherever the hour of the clock begins', () => {
    expect(bursts(desk(10))).toEqual(['22 events of 7 days']);
    expect(bursts(desk(50))).toEqual(['22 events of 7 days']);
  });

  it('is none if it takes longer than an hour', () => {
    const log = world();
    for (let i = 0; i < 22; i += 1) {
      time(log, at(i * 10));
      declares(log, [{ lot: lot(`bag ${i}`), kg: '50.3' }], {
        occurredAt: dug(i % 8),
        place: { site: 'hill', ...HILL },
      });
    }
    expect(bursts(log)).toEqual([]);
  });

  it('counts what is of the same day, if it was not entered as it happened', () => {
    const recent = (i: number): Record<string, unknown> => (i < 3 ? { occurredAt: '2026-05-20T07:30:00Z' } : {});
    expect(bursts(desk(10, 20, recent))).toEqual(['20 events of 9 days']);
  });

  it('is told a second time only for what comes after the hour', () => {
    expect(bursts(desk(50, 75))).toEqual(['60 events of 7 days']);
    expect(bursts(desk(50, 85))).toEqual(['60 events of 7 days', '25 events of 7 days']);
  });
});

describe('a phone that was offline', () => {
  /** Ten days of two bags at the hill and a dispatch from the depot; the numbers go through all of them. */
  const phone = (numberOf: (n: number) => number) => {
    const log = world();
    time(log, '2026-05-25T09:00:00Z');
    for (let day = 0; day < 10; day += 1) {
      const bags = [lot(`bag ${day} a`), lot(`bag ${day} b`)];
      for (const [i, bag] of bags.entries())
        declares(log, [{ lot: bag, kg: `5${day}.${i}` }], {
          occurredAt: dug(day, 8 + i),
          place: { site: 'hill', ...HILL },
          device: 'phone',
          seq: numberOf(day * 3 + i),
        });
      dispatches(log, bags, {
        occurredAt: dug(day, 12),
        place: { facility: 'depot' },
        plannedArrival: '2026-05-30T09:00:00Z',
        device: 'phone',
        seq: numberOf(day * 3 + 2),
      });
    }
    return log;
  };

  it('is no desk, though it was at two places', () => {
    expect(found(phone((n) => n + 1))).toEqual(['late-entry']);
  });

  it('is one if the numbers have holes', () => {
    expect(bursts(phone((n) => 2 * n + 1))).toEqual(['20 events of 9 days']);
  });
});
