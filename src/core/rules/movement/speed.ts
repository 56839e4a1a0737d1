import { distanceKm } from './geography.js';
import type { Coordinates } from '../engine/registry.js';

const HOUR = 3_600_000;

/** A stated place and time. */
export interface Station {
  place: Coordinates;
  /** ms since 1970 UTC. */
  at: number;
}

/** Returns the least distance of two stations, km, and the speed that it needs at least, km/h (infinite: at once). */
export function journey(from: Station, to: Station): { km: number; kmh: number } {
  const apart = distanceKm(from.place.point, to.place.point) - from.place.accuracyKm - to.place.accuracyKm;
  const km = Math.max(0, apart);
  const hours = (to.at - from.at) / HOUR;
  return { km, kmh: km === 0 ? 0 : hours <= 0 ? Infinity : km / hours };
}

export const speedText = (kmh: number): string => (Number.isFinite(kmh) ? `${Math.round(kmh)} km/h` : 'at once');
export const distanceText = (km: number): string => `${Math.round(km)} km`;

/** Formats a time in ms: `2 h 30 min`. */
export const durationText = (ms: number): string => {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
