import { eventTypes } from '../event/types/index.js';
import type { EventTypeName } from '../event/types/index.js';
import { neighbours, numbered } from './device-numbers.js';
import { judgesEach } from './each-event.js';
import type { Facts, JudgedEvent } from './facts.js';
import { locate } from './registry.js';
import type { Rule } from './rule.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { recorderSubject } from './subjects.js';

/** What one device recorded next before an entry, by its running number, with a place of its own. */
function beforeOnDevice(entry: JudgedEvent, facts: Facts): { entry: JudgedEvent; station: Station } | null {
  const own = numbered(entry);
  if (own === null) return null;
  const earlier = neighbours(own, facts)
    .filter(({ seq }) => seq < own.seq)
    .toSorted((a, b) => b.seq - a.seq);
  for (const { entry: other } of earlier) {
    const place = locate(facts, other, 0);
    if (place !== null && place !== 'undisclosed' && place.by === 'coordinates')
      return { entry: other, station: { place, at: other.event.occurredAtMs } };
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
        root: recorderSubject(entry.event),
        events: [before.entry.event.id, entry.event.id],
        measured: speedText(kmh),
        threshold: `${limits.kilometresPerHour} km/h`,
        detail: `Device ${entry.event.payload.device} of ${entry.event.iss} recorded two events ${distanceText(km)} apart within ${durationText(second.at - first.at)}.`,
      },
    ];
  }),
};
