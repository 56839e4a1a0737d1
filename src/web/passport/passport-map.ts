import type { PassportData } from '../../core/api/access/passport.js';
import type { Say } from '../say.js';
import type { MapData } from '../ui/map.js';

/** Returns the map of a passport: its countries, and the ways from one to the next. It has no place that is more exact. */
export function passportMap(say: Say, { countries, steps }: Pick<PassportData, 'countries' | 'steps'>): MapData {
  const visited = steps.flatMap(({ country }) => country ?? []);
  const all = [...new Set([...countries, ...visited])];
  const ways = new Map<string, readonly [number, number]>();
  visited.forEach((country, i) => {
    const before = visited[i - 1] ?? country;
    if (before !== country) ways.set(`${before} ${country}`, [all.indexOf(before), all.indexOf(country)]);
  });
  return {
    places: all.map((country) => ({ name: say.country(country), at: null, country })),
    ways: [...ways.values()],
  };
}
