import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { entriesBefore } from '../engine/chain-states.js';
import { custodyTypes, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { locate } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { recorderSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  speedImpossible: z.strictObject({
    severity: parameter.severity.default('high'),
    severityClock: parameter.severity.default('low').describe('If clocks that differ may explain it'),
    clockMinutes: parameter.minutes
      .default(35)
      .describe('Minutes by which the clocks of two devices may differ, and half-hour slips of one'),
    kilometresPerHour: z
      .record(z.string(), z.int().min(1))
      .default({ foot: 6, bicycle: 20, motorbike: 60, track: 40, truck: 70, sea: 46, air: 950 })
      .describe('Highest speed, km/h, by mode of transport'),
    unknownMode: z.int().min(1).default(110).describe('Highest speed of an unknown mode, km/h'),
    minimumKilometres: z.int().min(0).default(5).describe('Distance below which places are not certain, km'),
    defaultAccuracyM: z.int().min(0).default(100).describe('Accuracy of a place that states none, m'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Returns whether one device recorded both ends: then no difference of clocks explains the way. */
const isOfOneDevice = (one: JudgedEvent, other: JudgedEvent): boolean =>
  one.event.payload.device !== undefined && recorderSubject(one.event) === recorderSubject(other.event);

/** Returns whether the way can be travelled if one of the two clocks was wrong. */
function isByClock({ from, to, limit }: Leg, entry: JudgedEvent, { speedImpossible }: Parameters): boolean {
  if (isOfOneDevice(from, entry)) return false;
  const later = { ...to, at: to.at + speedImpossible.clockMinutes * 60_000 };
  return journey(from.station, later).kmh <= limit;
}

interface Leg {
  from: JudgedEvent & { station: Station };
  to: Station;
  /** Highest speed of the named modes, km/h. */
  limit: number;
  mode: string | null;
}

function stationOf(entry: JudgedEvent, facts: Facts, accuracyM: number): Station | null {
  const place = locate(facts, entry, accuracyM);
  return place === null || place === 'undisclosed' ? null : { place, at: entry.event.occurredAtMs };
}

/** Returns the leg from a lot's last known place to that of the entry, with the modes of transport named between. */
function legOf(lot: string, entry: JudgedEvent, facts: Facts, { speedImpossible }: Parameters): Leg | null {
  const { kilometresPerHour, unknownMode, defaultAccuracyM } = speedImpossible;
  const to = stationOf(entry, facts, defaultAccuracyM);
  const chain = facts.chains.get(lot) ?? [];
  const position = entriesBefore(chain, entry.index);
  if (to === null || chain[position]?.index !== entry.index) return null;
  let limit: { kmh: number; mode: string | null } | null = null;
  let departed = 0;
  for (let i = position - 1; i >= 0; i -= 1) {
    const before = chain[i] as JudgedEvent;
    if (isType(before, 'custody.dispatched')) {
      const { mode = null } = before.event.payload;
      const kmh = (mode === null ? undefined : kilometresPerHour[mode]) ?? unknownMode;
      if (limit === null || kmh > limit.kmh) limit = { kmh, mode };
      departed = before.event.occurredAtMs;
    }
    const station = stationOf(before, facts, defaultAccuracyM);
    if (station === null) continue;
    // Goods stay at their last known place until their dispatch, even if the dispatch names no place.
    const from = { ...before, station: { ...station, at: Math.max(station.at, departed) } };
    return { from, to, limit: limit?.kmh ?? unknownMode, mode: limit?.mode ?? null };
  }
  return null;
}

export const speedImpossible: Rule<typeof schema> = {
  id: 'speed-impossible',
  version: 4,
  group: 'movement',
  title: 'Too far in too short a time',
  means:
    'Between two events of a lot lies more way than its means of transport can have covered, even in a straight line.',
  doesNotMean: 'Which of the two places or times is wrong; a clock set badly looks the same.',
  causes: {
    innocent: 'a clock, a time or a place is wrong',
    bad: 'other goods arrived than had left',
  },
  advice:
    'Ask both signers where they were and when, and compare with waybill and gate book. It closes when a wrong time, place or means of transport is corrected by `event.corrected`.',
  parameters: schema,
  describe: ({
    speedImpossible: { severity, kilometresPerHour, unknownMode, minimumKilometres, severityClock, clockMinutes },
  }) =>
    `Great circle, less the accuracy of both places, over the time between, or since the dispatch where it names no place (km/h): ${Object.entries(
      kilometresPerHour,
    )
      .map(([mode, kmh]) => `${mode} ${kmh}`)
      .join(
        ', ',
      )}, unknown ${unknownMode}; from ${minimumKilometres} km on: ${severity}; ${severityClock} where clocks of two devices that differ by ${clockMinutes} minutes explain it.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of transit; ITSCI plausibility checks',
  evidence: byDistance,
  scope: ['chains', 'about'],
  ...judgesEach(custodyTypes, (entry, facts, parameters: Parameters) => {
    const { severity, severityClock, minimumKilometres } = parameters.speedImpossible;
    const lots = 'outputs' in entry.event.payload ? [] : entry.event.payload.lots.map(({ lot }) => lot);
    const legs = lots.flatMap((lot) => {
      const leg = legOf(lot, entry, facts, parameters);
      const travelled = leg === null ? null : journey(leg.from.station, leg.to);
      return leg !== null && travelled !== null && travelled.km > minimumKilometres && travelled.kmh > leg.limit
        ? [{ lot, leg, ...travelled }]
        : [];
    });
    const [worst] = legs.toSorted((a, b) => b.kmh - a.kmh);
    if (worst === undefined) return [];
    const { leg, km, kmh } = worst;
    return [
      {
        severity: legs.every((one) => isByClock(one.leg, entry, parameters)) ? severityClock : severity,
        lots: legs.map(({ lot }) => lot),
        events: [leg.from.event.id, entry.event.id],
        measured: speedText(kmh),
        threshold: `${leg.limit} km/h${leg.mode === null ? '' : ` (${leg.mode})`}`,
        detail: `${distanceText(km)} at least lie between ${leg.from.event.type} and ${entry.event.type}, and ${durationText(leg.to.at - leg.from.station.at)}. Likeliest: a clock, a time or a place is wrong; at worst other goods arrived than had left. Waybill and gate book settle it.`,
      },
    ];
  }),
};
