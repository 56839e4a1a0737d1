import type { Facts, JudgedEvent } from './facts.js';
import { deviceSubject } from './subjects.js';

/** An entry with the device that recorded it and that device's own running number. */
export interface Numbered {
  entry: JudgedEvent;
  device: string;
  seq: number;
}

export function numbered(entry: JudgedEvent): Numbered | null {
  const { device, seq } = entry.event.payload;
  return device === undefined || seq === undefined ? null : { entry, device, seq };
}

/** What the device recorded under the same number, and next before and after it; of a log at hand, all that it recorded. */
export const neighbours = ({ entry, device }: Numbered, { about }: Facts): Numbered[] =>
  (about.get(deviceSubject(entry.event.iss, device)) ?? []).flatMap((one) => numbered(one) ?? []);
