import { lotsOf } from './each-event.js';
import { lateBatches } from './entered-late.js';
import type { JudgedEvent } from './facts.js';
import { numbered } from './device-numbers.js';
import type { Rule } from './rule.js';

const DAY = 86_400_000;

/** Where an event says that it happened, as text: two that say the same place exactly say the same text. */
const placeText = ({ event }: JudgedEvent): string | null => {
  if (event.place === undefined) return null;
  const { site, facility, lat, lon } = event.place;
  return [site, facility, lat, lon].join('|');
};

/** Whether one device recorded all of them, number after number: then they were recorded as they happened, and sent later. */
function isSteady(entries: readonly JudgedEvent[]): boolean {
  const all = entries.map(numbered);
  const devices = new Set(all.map((own) => own?.device));
  const numbers = all.flatMap((own) => own?.seq ?? []).toSorted((a, b) => a - b);
  return (
    devices.size === 1 &&
    numbers.length === entries.length &&
    numbers.every((seq, i) => i === 0 || seq === (numbers[i - 1] ?? 0) + 1)
  );
}

/** The largest set of entries that say one and the same place. */
function onePlace(entries: readonly JudgedEvent[]): JudgedEvent[] {
  const places = new Map<string, JudgedEvent[]>();
  for (const entry of entries) {
    const place = placeText(entry);
    if (place !== null) places.set(place, [...(places.get(place) ?? []), entry]);
  }
  return [...places.values()].reduce((best, next) => (next.length > best.length ? next : best), []);
}

export const burstEntry: Rule = {
  id: 'burst-entry',
  version: 1,
  group: 'custody',
  title: 'Weeks of records were entered at once from one spot',
  means:
    'Many events that are said to span a week or more were entered within one hour, all with the very same place: they look written at a desk.',
  doesNotMean: 'That the goods do not exist. A phone that was offline and counted its records one by one is not meant.',
  describe: ({ burstEntry: { severity, events, olderThanDays } }) =>
    `At least ${events} custody events of one actor, spanning at least ${olderThanDays} days, entered within one hour with one identical place; quiet where one device's running numbers are without a hole: ${severity}.`,
  standard: 'ITSCI plausibility checks of data collection',
  scope: ['about'],
  needs: 'more',
  subjects: (facts) => lateBatches(facts).map(({ subject }) => subject),
  evaluate: (facts, { burstEntry: { severity, events, olderThanDays } }) =>
    lateBatches(facts).flatMap(({ subject, actor, entries }) => {
      const same = onePlace(entries);
      const times = same.map(({ event }) => event.occurredAtMs);
      const days = Math.floor((Math.max(...times, 0) - Math.min(...times)) / DAY);
      if (same.length < events || days < olderThanDays || isSteady(same)) return [];
      return [
        {
          severity,
          subject,
          cause: 'burst',
          lots: [...new Set(same.flatMap(lotsOf))],
          events: same.map(({ event }) => event.id),
          measured: `${same.length} events of ${days} days`,
          threshold: `${events} events of ${olderThanDays} days`,
          detail: `${actor} entered ${same.length} events of ${days} days within one hour, all from one place.`,
          firstIndex: same[0]?.index ?? null,
        },
      ];
    }),
};
