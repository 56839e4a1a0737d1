import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { neighbours } from '../custody/device-neighbours.js';
import { numbered } from '../custody/device-numbers.js';
import type { Facts, JudgedEvent } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import { locate } from '../engine/registry.js';
import type { Observation, Rule, Severity, ValuesOf } from '../engine/rule.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { recorderSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  placeJump: z.strictObject({
    severity: parameter.severity.default('high'),
    kilometresPerHour: z.int().min(1).default(950).describe('Highest speed of a device, km/h'),
    minimumKilometres: z.int().min(0).default(20).describe('Distance below which places are not certain, km'),
    severityGround: parameter.severity.default('medium'),
    groundKilometresPerHour: z
      .int()
      .min(1)
      .default(110)
      .describe('Highest speed in a straight line over ground, km/h: what is faster flies'),
    groundKilometres: z.int().min(0).default(200).describe('Distance up to which no flight is expected, km'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Returns the device's previous entry with a place, by its sequence number. */
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

function withSuccessors(facts: Facts): JudgedEvent[] {
  const judged = new Map<string, JudgedEvent>();
  for (const entry of facts.entries) {
    const own = numbered(entry);
    if (own === null) continue;
    const next = neighbours(own, facts).find(({ seq }) => seq > own.seq);
    for (const one of [entry, ...(next === undefined ? [] : [next.entry])]) judged.set(one.event.id, one);
  }
  return [...judged.values()];
}

/** Returns the speed that a way exceeds, with the severity; null: it can be travelled. */
function exceeded(
  { km, kmh }: { km: number; kmh: number },
  { placeJump: limits }: Parameters,
): { limit: number; severity: Severity } | null {
  if (km <= limits.minimumKilometres) return null;
  if (kmh > limits.kilometresPerHour) return { limit: limits.kilometresPerHour, severity: limits.severity };
  return km <= limits.groundKilometres && kmh > limits.groundKilometresPerHour
    ? { limit: limits.groundKilometresPerHour, severity: limits.severityGround }
    : null;
}

function observe(entry: JudgedEvent, facts: Facts, parameters: Parameters): Observation[] {
  const before = beforeOnDevice(entry, facts);
  const place = locate(facts, entry, 0);
  if (before === null || place === null || place === 'undisclosed' || place.by !== 'coordinates') return [];
  const here = { place, at: entry.event.occurredAtMs };
  const [first, second] = before.station.at <= here.at ? [before.station, here] : [here, before.station];
  const way = journey(first, second);
  const beyond = exceeded(way, parameters);
  if (beyond === null) return [];
  return [
    {
      severity: beyond.severity,
      subject: entry.event.id,
      cause: 'event',
      root: recorderSubject(entry.event),
      lots: lotsConcerned(entry, facts),
      events: [before.entry.event.id, entry.event.id],
      measured: speedText(way.kmh),
      threshold: `${beyond.limit} km/h`,
      detail: `Device ${entry.event.payload.device} of ${entry.event.iss} recorded two events ${distanceText(way.km)} apart within ${durationText(second.at - first.at)}. Most likely a time or a place was typed by hand; at worst events are recorded at one place and stated for another.`,
      firstIndex: entry.index,
    },
  ];
}

export const placeJump: Rule<typeof schema> = {
  id: 'place-jump',
  version: 4,
  group: 'movement',
  title: 'A device was here and there at once',
  means:
    'Two events that one device recorded one after the other are farther apart than a person can travel, or than roads and tracks allow at a distance that is not flown.',
  doesNotMean:
    'Which of the two coordinates is true; coordinates typed by hand, or a device restored onto another, look the same.',
  causes: {
    innocent: 'coordinates typed by hand, or a restored device',
    bad: 'records were made far from the goods',
  },
  advice:
    'Ask the owner for the device, and whether its records were copied onto another or coordinates typed by hand. It closes when the wrong place or time is corrected by `event.corrected`; a device restored onto another is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ placeJump: limits }) =>
    `Consecutive events of a device with coordinates of their own, more than ${limits.minimumKilometres} km apart: faster than ${limits.kilometresPerHour} km/h ${limits.severity}; up to ${limits.groundKilometres} km apart faster than ${limits.groundKilometresPerHour} km/h ${limits.severityGround}.`,
  standard: 'ITSCI plausibility checks of data collection',
  evidence: byDistance,
  scope: ['chains', 'about'],
  // A late entry precedes its successor, which is judged with it.
  subjects: (facts) => withSuccessors(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => withSuccessors(facts).flatMap((entry) => observe(entry, facts, parameters)),
};
