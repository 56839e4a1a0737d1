import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { neighbours } from './device-neighbours.js';
import { type NumberedEvent, numbered } from './device-numbers.js';
import { isCustody } from '../engine/entered-late.js';
import { type Facts, type JudgedEvent, lotsOf } from '../engine/facts.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject, enteredSubject, isEnteredLate } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  burstEntry: z.strictObject({
    severity: parameter.severity.default('high'),
    events: z.int().min(2).default(20).describe('Number of events from which they are a burst'),
    olderThanDays: parameter.days.default(7).describe('Days that the events span at least'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Returns the place of an event as text: equal places have equal texts. */
const placeText = ({ event }: JudgedEvent): string | null => {
  if (event.place === undefined) return null;
  const { site, facility, lat, lon } = event.place;
  return [site, facility, lat, lon].join('|');
};

/**
 * Returns whether one device recorded all entries without a missing number between the first and the last, whatever it
 * recorded under the other numbers: then it recorded them as they happened, and sent them later.
 */
function isSteady(entries: readonly JudgedEvent[], facts: Facts): boolean {
  const all = entries.flatMap((entry) => numbered(entry) ?? []).toSorted((a, b) => a.seq - b.seq);
  const devices = new Set(all.map(({ device }) => device));
  const numbers = new Set(all.map(({ seq }) => seq));
  if (devices.size !== 1 || numbers.size !== entries.length) return false;
  const has = (own: NumberedEvent, seq: number): boolean =>
    numbers.has(seq) || neighbours(own, facts).some((near) => near.seq === seq);
  return all.every((own, i) => (i === 0 || has(own, own.seq - 1)) && (i === all.length - 1 || has(own, own.seq + 1)));
}

/** Returns the largest set of entries that state the same place. */
function onePlace(entries: readonly JudgedEvent[]): JudgedEvent[] {
  const places = new Map<string, JudgedEvent[]>();
  for (const entry of entries) {
    const place = placeText(entry);
    if (place !== null) places.set(place, [...(places.get(place) ?? []), entry]);
  }
  return [...places.values()].reduce((best, next) => (next.length > best.length ? next : best), []);
}

/** An actor and an hour of the log in which a burst may begin. */
interface Hour {
  actor: string;
  /** An instant in this hour, ms. */
  at: number;
}

const subjectOf = ({ actor, at }: Hour): string => enteredSubject(actor, at);
const beside = ({ actor, at }: Hour, hours: number): Hour => ({ actor, at: at + hours * HOUR });

/** Returns the hours of late entries, and the hours beside them: a burst may span two. */
function hoursToJudge({ entries }: Facts): Map<string, Hour> {
  const hours = new Map<string, Hour>();
  for (const entry of entries) {
    if (entry.recordedAt === null || !isCustody(entry) || !isEnteredLate(entry)) continue;
    const hour = { actor: entry.event.iss, at: entry.recordedAt };
    for (const one of [beside(hour, -1), hour, beside(hour, 1)]) hours.set(subjectOf(one), one);
  }
  return hours;
}

interface Burst {
  entries: JudgedEvent[];
  days: number;
}

/** Returns the largest burst that begins in an hour and lasts at most one, less the entries of another burst. */
function burstFrom(hour: Hour, facts: Facts, parameters: Parameters, told: ReadonlySet<number>): Burst | null {
  const { events, olderThanDays } = parameters.burstEntry;
  const entered = (which: Hour): JudgedEvent[] =>
    (facts.about.get(subjectOf(which)) ?? []).filter((entry) => isCustody(entry) && !told.has(entry.index));
  const begun = entered(hour);
  const all = [...begun, ...entered(beside(hour, 1))];
  let largest: Burst | null = null;
  for (const start of new Set(begun.map(({ recordedAt }) => recordedAt ?? 0))) {
    const same = onePlace(
      all.filter(({ recordedAt }) => (recordedAt ?? 0) >= start && (recordedAt ?? 0) < start + HOUR),
    );
    const times = same.map(({ event }) => event.occurredAtMs);
    const days = Math.floor((Math.max(...times, 0) - Math.min(...times)) / DAY);
    if (same.length < events || same.length <= (largest?.entries.length ?? 0)) continue;
    if (days >= olderThanDays && !isSteady(same, facts)) largest = { entries: same, days };
  }
  return largest;
}

function observe(hour: Hour, facts: Facts, parameters: Parameters): Observation[] {
  const { severity, events, olderThanDays } = parameters.burstEntry;
  // Entries that a burst of the previous hour includes belong to that burst.
  const before = burstFrom(beside(hour, -1), facts, parameters, new Set())?.entries ?? [];
  const burst = burstFrom(hour, facts, parameters, new Set(before.map(({ index }) => index)));
  if (burst === null) return [];
  const { entries, days } = burst;
  return [
    {
      severity,
      subject: subjectOf(hour),
      cause: 'burst',
      root: actorSubject(hour.actor),
      lots: [...new Set(entries.flatMap(lotsOf))],
      events: entries.map(({ event }) => event.id),
      measured: `${entries.length} events of ${days} days`,
      threshold: `${events} events of ${olderThanDays} days`,
      detail: `${hour.actor} entered ${entries.length} events of ${days} days within one hour, all from one place.`,
      firstIndex: entries[0]?.index ?? null,
    },
  ];
}

export const burstEntry: Rule<typeof schema> = {
  id: 'burst-entry',
  version: 2,
  group: 'custody',
  weighs: 'risk',
  title: 'Weeks of records were entered at once from one spot',
  means:
    'Many events that, by their own dates, span a week or more were entered within one hour, all with the same place: they look written at a desk.',
  doesNotMean: 'That the goods do not exist. A phone that was offline and counted its records one by one is not meant.',
  causes: {
    innocent: 'a power cut, and records from a paper book',
    bad: 'weeks of records were written at a desk',
  },
  advice:
    'Ask the signer for what the records were made from: tag books, weighing slips, photographs of those weeks; visit the site, or call the people named. Coordinates that were filled in at a desk are corrected by `event.corrected`; otherwise it is explained by `finding.answered` once the books bear it out.',
  timed: true,
  parameters: schema,
  describe: ({ burstEntry: { severity, events, olderThanDays } }) =>
    `At least ${events} custody events of one actor, spanning at least ${olderThanDays} days, entered within one hour, an hour late or more, with one identical place; quiet where one device's running numbers are without a hole: ${severity}.`,
  standard: 'ITSCI plausibility checks of data collection',
  evidence: byCustom,
  scope: ['about'],
  needs: 'more',
  subjects: (facts) => [...hoursToJudge(facts).keys()],
  evaluate: (facts, parameters) =>
    [...hoursToJudge(facts).values()].flatMap((hour) => observe(hour, facts, parameters)),
};
