import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { vehicleRegisteredSubject } from '../engine/subjects.js';

type Registered = JudgedOf<'vehicle.registered'>['event']['payload'];

/** Returns the registration of a vehicle below an index; null: nothing. A later registration counts from then on. */
export function vehicleBelow(vehicle: string, index: number, { about }: Pick<Facts, 'about'>): Registered | null {
  const known = (about.get(vehicleRegisteredSubject(vehicle)) ?? []).findLast((entry) => entry.index < index);
  return known !== undefined && isType(known, 'vehicle.registered') ? known.event.payload : null;
}
