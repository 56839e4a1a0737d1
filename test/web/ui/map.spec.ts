import { describe, expect, it } from '@jest/globals';
import { projectionOf } from '../../../src/web/ui/project.js';
import { type GoodsPlaces, type KnownPlaces, routeOf } from '../../../src/web/explorer/places.js';
import { placesPage } from '../../../src/web/explorer/lot-table-pages.js';
import { placeColumns } from '../../../src/web/explorer/places.js';
import type { Claims, StoryEvent } from '../../../src/web/explorer/story.js';
import { passportMap } from '../../../src/web/passport/passport-map.js';
import { passportPage } from '../../../src/web/passport/passport-page.js';
import { samplePassport, samplePlaces } from '../../../src/web/stories/samples.js';
import { pageText } from '../../support/page-text.js';

const event = (id: string, type: string, lots: string[], claims: Claims): StoryEvent => ({
  id,
  index: Number(id),
  type,
  iss: 'coop',
  occurredAt: '2026-05-12T06:00:00Z',
  recordedAt: null,
  claims,
  lots,
  before: null,
  after: null,
  unreadable: false,
});

const known: KnownPlaces = {
  sites: new Map([
    ['hill', { country: 'RW', point: [29.36, -1.94], polygon: null }],
    ['ridge', { country: 'CD', point: null, polygon: null }],
  ]),
  facilities: new Map([['port', { country: 'TZ', point: [39.28, -6.82], polygon: null }]]),
  positions: new Map([
    ['4', [101.45, 3.04]],
    ['2', [28.5, -2.5]],
  ]),
};

describe('the route of goods', () => {
  const route = (): GoodsPlaces =>
    routeOf(
      {
        events: [
          event('1', 'lot.declared', ['a'], { place: { site: 'hill' } }),
          event('3', 'lot.declared', ['b'], { place: { site: 'ridge' } }),
          event('5', 'lot.aggregated', ['c'], { inputs: [{ lot: 'a' }, { lot: 'b' }], place: { facility: 'port' } }),
          event('6', 'custody.received', ['c'], {}),
          event('4', 'custody.received', ['c'], {}),
        ],
      },
      known,
    );

  it('follows each lot from place to place, through the lots that it was made of', () => {
    const { places, ways } = route();
    expect(places.map(({ kind, name, at, country }) => [kind, name, at, country])).toEqual([
      ['site', 'hill', [29.36, -1.94], 'RW'],
      ['site', 'ridge', null, 'CD'],
      ['facility', 'port', [39.28, -6.82], 'TZ'],
      ['position', '101.45 3.04', [101.45, 3.04], null],
    ]);
    expect(ways).toEqual([
      [0, 2],
      [1, 2],
      [2, 3],
    ]);
  });

  it('takes the position of an event for a site whose own is not shown', () => {
    const { places } = routeOf({ events: [event('2', 'lot.declared', ['b'], { place: { site: 'ridge' } })] }, known);
    expect(places[0]?.at).toEqual([28.5, -2.5]);
  });
});

describe('a map', () => {
  const drawnOf = (html: string): string => /<figure class="map">.*?<\/figure>/s.exec(html)?.[0] ?? '';

  it('shows every place within its frame, also across the date line', () => {
    for (const points of [
      [[29.36, -1.94]],
      [
        [178, -18],
        [-172, -13],
      ],
      [
        [-70, -33],
        [104, 1],
        [12, 78],
      ],
    ]) {
      const projection = projectionOf(points);
      for (const point of points) {
        const [x = -1, y = -1] = projection(point as [number, number]) ?? [];
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(720);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(400);
      }
    }
    const [fiji, samoa] = [
      projectionOf([
        [178, -18],
        [-172, -13],
      ])([178, -18]),
      projectionOf([
        [178, -18],
        [-172, -13],
      ])([-172, -13]),
    ];
    expect((samoa?.[0] ?? 0) - (fiji?.[0] ?? 0)).toBeGreaterThan(0);
  });

  it('names countries and not sites on a passport, and is small', () => {
    const html = pageText('en', (say) => passportPage(say, samplePassport()));
    const map = drawnOf(html);
    expect(map).toContain('Rwanda');
    expect(map).toContain('Malaysia');
    expect(map).toContain('not an opinion on borders');
    expect(map.length).toBeGreaterThan(1_000);
    expect(map.length).toBeLessThan(8_000);
    expect(map).not.toMatch(/<circle|href|style=/);
  });

  it('draws nothing where no place is known, and leaves out a country that its outlines do not have', () => {
    expect(drawnOf(pageText('en', (say) => passportPage(say, { ...samplePassport(), countries: [], steps: [] })))).toBe(
      '',
    );
    const say = { country: (code: string) => code } as Parameters<typeof passportMap>[0];
    const steps = [
      { month: '2026-05', type: 'lot.declared', country: 'RW', mass: null },
      { month: '2026-06', type: 'lot.exported', country: 'SG', mass: null },
    ];
    expect(passportMap(say, { countries: ['RW'], steps }).ways).toEqual([[0, 1]]);
    const map = drawnOf(pageText('en', (words) => passportPage(words, { ...samplePassport(), steps })));
    expect(map).toContain('Rwanda');
    expect(map).not.toContain('NaN');
  });

  it('has a table with the same places, and says where a position is not shown', () => {
    const html = pageText('en', (say) => placesPage(say, 'x', samplePlaces().places, placeColumns(say)));
    expect(html).toContain('1.94° S, 29.36° E');
    expect(html).toContain('not shown to you');
    expect(html).toContain('a position without a name');
  });
});
