import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import { locate } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import type { speedImpossible } from './speed-impossible.js';
import { vehicleBelow } from './vehicles.js';
import { type Station, distanceText, durationText, journey, speedText } from './speed.js';
import { vehicleAround } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  vehicleTwoPlaces: z.strictObject({
    severity: parameter.severity.default('high'),
    kilometresPerHour: z.int().min(1).default(110).describe('Highest speed of a vehicle of unknown mode, km/h'),
    margin: parameter.partsPerMillion
      .default(1_250_000)
      .describe(
        'Highest speed of one whose mode is known over that of `speedImpossible.kilometresPerHour`, parts per million',
      ),
    minimumKilometres: z.int().min(0).default(20).describe('Distance below which places are not certain, km'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof speedImpossible.parameters>;

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

/** Returns the mode of a vehicle: as registered, else as two dispatches agree; null: it is not known. */
function modeOf(vehicle: string, entry: VehicleReport, other: VehicleReport, facts: Facts): string | null {
  const registered = vehicleBelow(vehicle, entry.index, facts);
  if (registered !== null) return registered.mode.toLowerCase();
  const [one, two] = [entry, other].map((report) =>
    isType(report, 'custody.dispatched') ? report.event.payload.mode?.toLowerCase() : undefined,
  );
  return one !== undefined && one === two ? one : null;
}

/** Returns the highest speed of a vehicle, km/h. */
function speedOf(mode: string | null, { vehicleTwoPlaces, speedImpossible }: Parameters): number {
  const known = mode === null ? undefined : speedImpossible.kilometresPerHour[mode];
  return known === undefined ? vehicleTwoPlaces.kilometresPerHour : Math.round((known * vehicleTwoPlaces.margin) / 1e6);
}

export const vehicleTwoPlaces: Rule<typeof schema, Parameters> = {
  id: 'vehicle-two-places',
  version: 4,
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
  describe: ({ vehicleTwoPlaces: { severity, kilometresPerHour, margin, minimumKilometres } }) =>
    `Two dispatches or checkpoints with one vehicle, more than ${minimumKilometres} km apart and faster than ${kilometresPerHour} km/h, or than ${margin / 1e6} times what \`speed-impossible\` allows the mode in which it is registered (\`vehicle.registered\`), or which both dispatches state: ${severity}. A checkpoint counts where an official, or somebody with a part in a lot of it, recorded it; the later record is the one that is found.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of transit',
  evidence: byDistance,
  scope: ['chains', 'about'],
  needs: 'more',
  ...judgesEach(['custody.dispatched', 'transit.checked'], (entry, facts, parameters: Parameters) => {
    const { vehicleTwoPlaces: limits } = parameters;
    const { vehicle } = entry.event.payload;
    const here = stationOf(entry, facts);
    // A vehicle named by an actor without a part in any of the lots is no sighting.
    if (vehicle === undefined || here === null || lotsConcerned(entry, facts).length === 0) return [];
    const clashes = otherReports(entry, vehicle, facts).flatMap((other) => {
      const there = stationOf(other, facts);
      if (there === null) return [];
      const [first, second] = there.at <= here.at ? [there, here] : [here, there];
      const travelled = journey(first, second);
      const limit = speedOf(modeOf(vehicle, entry, other, facts), parameters);
      const isImpossible = travelled.km > limits.minimumKilometres && travelled.kmh > limit;
      return isImpossible ? [{ other, ...travelled, limit, time: second.at - first.at }] : [];
    });
    const [worst] = clashes.toSorted((a, b) => b.kmh - a.kmh);
    if (worst === undefined) return [];
    return [
      {
        severity: limits.severity,
        events: [worst.other.event.id, entry.event.id],
        measured: speedText(worst.kmh),
        threshold: `${worst.limit} km/h`,
        detail: `One vehicle is named at two places ${distanceText(worst.km)} apart within ${durationText(worst.time)}. Likeliest: a number plate was mistyped; at worst one transport is on paper alone. Gate books and the fleet’s own records settle it.`,
      },
    ];
  }),
};
