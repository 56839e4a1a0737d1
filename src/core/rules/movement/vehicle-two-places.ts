import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import { locate } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { vehicleAround } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  vehicleTwoPlaces: z.strictObject({
    severity: parameter.severity.default('high'),
    kilometresPerHour: z.int().min(1).default(110).describe('Highest speed of a vehicle, km/h'),
    minimumKilometres: z.int().min(0).default(20).describe('Distance below which places are not certain, km'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type VehicleReport = JudgedOf<'custody.dispatched' | 'transit.checked'>;

const isVehicleReport = (entry: JudgedEvent): entry is VehicleReport =>
  isType(entry, 'custody.dispatched') || isType(entry, 'transit.checked');

function stationOf(entry: JudgedEvent, facts: Facts): Station | null {
  const place = locate(facts, entry, 100);
  return place === null || place === 'undisclosed' ? null : { place, at: entry.event.occurredAtMs };
}

/** Lists other entries that name the vehicle within two days, before this entry in the log. */
function otherReports(entry: VehicleReport, vehicle: string, facts: Facts): VehicleReport[] {
  return vehicleAround(vehicle, entry.event.occurredAtMs)
    .flatMap((subject) => facts.about.get(subject) ?? [])
    .filter(isVehicleReport)
    .filter((other) => other.index < entry.index && lotsConcerned(other, facts).length > 0);
}

export const vehicleTwoPlaces: Rule<typeof schema> = {
  id: 'vehicle-two-places',
  version: 3,
  group: 'movement',
  title: 'One vehicle in two places',
  means: 'A vehicle is named at two places that it cannot have been at within that time.',
  doesNotMean: 'That the goods did not move: a number plate may be misread or copied.',
  causes: {
    innocent: 'a number plate that was misread',
    bad: 'one transport is on paper alone',
  },
  advice:
    'Ask both signers for a photograph of the number plate, and the carrier for the log book of the vehicle. It closes when a misread plate, place or time is corrected by `event.corrected`; a copied plate is a matter for the authority.',
  parameters: schema,
  describe: ({ vehicleTwoPlaces: { severity, kilometresPerHour, minimumKilometres } }) =>
    `Two dispatches or checkpoints with one vehicle, more than ${minimumKilometres} km apart and faster than ${kilometresPerHour} km/h: ${severity}. A checkpoint counts where an official, or somebody with a part in a lot of it, recorded it; the later record is the one that is found.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of transit',
  evidence: byDistance,
  scope: ['chains', 'about'],
  needs: 'more',
  ...judgesEach(['custody.dispatched', 'transit.checked'], (entry, facts, { vehicleTwoPlaces: limits }: Parameters) => {
    const { vehicle } = entry.event.payload;
    const here = stationOf(entry, facts);
    // A vehicle named by an actor without a part in any of the lots is no sighting.
    if (vehicle === undefined || here === null || lotsConcerned(entry, facts).length === 0) return [];
    const clashes = otherReports(entry, vehicle, facts).flatMap((other) => {
      const there = stationOf(other, facts);
      if (there === null) return [];
      const [first, second] = there.at <= here.at ? [there, here] : [here, there];
      const travelled = journey(first, second);
      const impossible = travelled.km > limits.minimumKilometres && travelled.kmh > limits.kilometresPerHour;
      return impossible ? [{ other, ...travelled, time: second.at - first.at }] : [];
    });
    const [worst] = clashes.toSorted((a, b) => b.kmh - a.kmh);
    if (worst === undefined) return [];
    return [
      {
        severity: limits.severity,
        events: [worst.other.event.id, entry.event.id],
        measured: speedText(worst.kmh),
        threshold: `${limits.kilometresPerHour} km/h`,
        detail: `One vehicle is named at two places ${distanceText(worst.km)} apart within ${durationText(worst.time)}. Likeliest: a number plate was mistyped; at worst one transport is on paper alone. Gate books and the fleet’s own records settle it.`,
      },
    ];
  }),
};
