import { weighingsToJudge } from '../../mass/mass-comparisons.js';
import { assaySeries } from '../../mass/series/assay-series.js';
import { handoverSeries } from '../../mass/series/handover-series.js';
import { compositionSeries } from '../../origin/series/composition-series.js';
import { hoursSeries } from '../../origin/series/hours-series.js';
import { positionSeries } from '../../origin/series/position-series.js';
import { yieldSeries } from '../../mass/recoveries.js';
import { statedSeries } from '../../mass/stated-values.js';
import { type Facts, type JudgedEvent, SERIES_LENGTH, SERIES_NAMED, type SeriesItem } from '../facts.js';
import type { AmountFiling } from '../subjects.js';

/**
 * Series: by subject, the amounts that entries add over time, such as what each delivery lacks. Rules look for what only
 * many of them show. What an entry adds follows from its facts, so it is filed again whenever the entry is judged again.
 */

/** Functions that list what one entry adds to series. */
const contributors: readonly ((entry: JudgedEvent, facts: Facts) => AmountFiling[])[] = [
  handoverSeries,
  yieldSeries,
  statedSeries,
  compositionSeries,
  assaySeries,
  positionSeries,
  hoursSeries,
];

/** Lists what an entry adds to series, each series once. */
export const filedInSeries = (entry: JudgedEvent, facts: Facts): AmountFiling[] =>
  contributors.flatMap((contributor) => contributor(entry, facts));

/** Lists the entries whose part in series may differ after these facts. */
export const entriesOfSeries = (facts: Pick<Facts, 'entries' | 'chains'>): JudgedEvent[] => weighingsToJudge(facts);

/** Collects the series of all entries in memory, of those that an entry to judge is filed in; and files the entries. */
export function seriesOf(
  entries: readonly JudgedEvent[],
  facts: Facts,
  file: (subject: string, entry: JudgedEvent) => void,
): Map<string, SeriesItem[]> {
  const judged = new Set(entriesOfSeries(facts));
  const touched = new Set<string>();
  const series = new Map<string, SeriesItem[]>();
  for (const entry of entries)
    for (const { subject, at, amount, whole = null } of filedInSeries(entry, facts)) {
      file(subject, entry);
      if (judged.has(entry)) touched.add(subject);
      const items = series.get(subject) ?? [];
      series.set(subject, items);
      items.push({ index: entry.index, at, amount, whole });
    }
  return new Map([...touched].map((subject) => [subject, (series.get(subject) ?? []).slice(-SERIES_LENGTH)]));
}

/** Returns the series of a kind that are to be judged, with their names. */
export function seriesOfKind(
  { series }: Pick<Facts, 'series'>,
  kind: string,
): { subject: string; names: string[]; items: readonly SeriesItem[] }[] {
  const prefix = `series:${kind}:`;
  return [...series].flatMap(([subject, items]) =>
    subject.startsWith(prefix) ? [{ subject, names: subject.slice(prefix.length).split('/'), items }] : [],
  );
}

/** Returns the items of the amount that a series has most often, in order. */
export function mostFrequent(items: readonly SeriesItem[]): readonly SeriesItem[] {
  const byAmount = new Map<bigint, SeriesItem[]>();
  for (const item of items) {
    const same = byAmount.get(item.amount);
    if (same === undefined) byAmount.set(item.amount, [item]);
    else same.push(item);
  }
  return [...byAmount.values()].reduce((best, next) => (next.length > best.length ? next : best), []);
}

/** Returns the entries behind items of a series, in order, the newest `SERIES_NAMED` of them. */
export function entriesBehind(subject: string, items: readonly SeriesItem[], { about }: Facts): JudgedEvent[] {
  const wanted = new Set(items.slice(-SERIES_NAMED).map(({ index }) => index));
  return (about.get(subject) ?? []).filter(({ index }) => wanted.has(index));
}
