import { eventTypes } from '../event/types/index.js';
import type { EventTypeName } from '../event/types/index.js';
import { judgesEach } from './each-event.js';
import type { Facts, JudgedEvent } from './facts.js';
import { locate } from './registry.js';
import type { Rule } from './rule.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { deviceSubject } from './subjects.js';

/** What one device recorded next before an entry, by its running number, with a place of its own. */
function beforeOnDevice({ event }: JudgedEvent, facts: Facts): { entry: JudgedEvent; station: Station } | null {
  const { device, seq } = event.payload;
  if (device === undefined || seq === undefined) return null;
  const buckets = new Set([seq, Math.max(0, seq - 1)].map((number) => deviceSubject(event.iss, device, number)));
  const earlier = [...buckets]
    .flatMap((subject) => facts.about.get(subject) ?? [])
    .filter((other) => (other.event.payload.seq ?? seq) < seq)
    .toSorted((a, b) => (b.event.payload.seq ?? 0) - (a.event.payload.seq ?? 0));
  for (const entry of earlier) {
    const place = locate(facts, entry, 0);
    if (place !== null && place !== 'undisclosed' && place.by === 'coordinates')
      return { entry, station: { place, at: entry.event.occurredAtMs } };
  }
  return null;
}

export const placeJump: Rule = {
  id: 'place-jump',
  version: 1,
  group: 'movement',
  title: 'A device was here and there at once',
  means: 'Two events that one device recorded one after the other lie farther apart than anybody travels.',
  doesNotMean:
    'Which of the two coordinates is true; coordinates typed by hand, or a device restored onto another, look the same.',
  describe: ({ placeJump: { severity, kilometresPerHour, minimumKilometres } }) =>
    `Consecutive events of a device with coordinates of their own, more than ${minimumKilometres} km apart and faster than ${kilometresPerHour} km/h: ${severity}.`,
  standard: 'ITSCI plausibility checks of data collection',
  scope: ['about'],
  ...judgesEach([...eventTypes.keys()] as EventTypeName[], (entry, facts, { placeJump: { severity, ...limits } }) => {
    const before = beforeOnDevice(entry, facts);
    const place = locate(facts, entry, 0);
    if (before === null || place === null || place === 'undisclosed' || place.by !== 'coordinates') return [];
    const here = { place, at: entry.event.occurredAtMs };
    const [first, second] = before.station.at <= here.at ? [before.station, here] : [here, before.station];
    const { km, kmh } = journey(first, second);
    if (km <= limits.minimumKilometres || kmh <= limits.kilometresPerHour) return [];
    return [
      {
        severity,
        events: [before.entry.event.id, entry.event.id],
        measured: speedText(kmh),
        threshold: `${limits.kilometresPerHour} km/h`,
        detail: `Device ${entry.event.payload.device} of ${entry.event.iss} recorded two events ${distanceText(km)} apart within ${durationText(second.at - first.at)}.`,
      },
    ];
  }),
};
