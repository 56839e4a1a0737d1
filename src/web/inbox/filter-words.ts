import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import type { Say } from '../say.js';

/**
 * Returns the filters of a subscription or silence in words.
 * @param titles of rules in the reader's language
 */
export function filtersInWords(say: Say, filters: AlertFilters, titles: ReadonlyMap<string, string>): string {
  const {
    rules = [],
    groups = [],
    minimumSeverity,
    minerals = [],
    sites = [],
    countries = [],
    lots = [],
    holder,
  } = filters;
  const parts = [
    ...rules.map((rule) => titles.get(rule) ?? rule),
    ...groups.map((group) => say.coded('group', group)),
    ...(minimumSeverity === undefined
      ? []
      : [say.word('filter.fromSeverity', { severity: say.coded('severity', minimumSeverity) })]),
    ...minerals.map((mineral) => say.coded('mineral', mineral)),
    ...sites,
    ...countries.map((country) => say.country(country)),
    ...(lots.length === 0 ? [] : [say.count('filter.lots', lots.length)]),
    ...(holder === undefined ? [] : [holder]),
  ];
  return parts.length === 0 ? say.word('filter.all') : parts.join(' · ');
}
