import type { Facts, JudgedEvent } from './facts.js';
import { DEVICE_RUN, deviceSubject } from './subjects.js';

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

/** What the device recorded with numbers round that of an entry: the run of the number itself, the one before and the one after. */
export function neighbours({ entry, device, seq }: Numbered, { about }: Facts): Numbered[] {
  const runs = [seq - DEVICE_RUN, seq, seq + DEVICE_RUN].filter((number) => number >= 0);
  const subjects = [...new Set(runs.map((number) => deviceSubject(entry.event.iss, device, number)))];
  return subjects.flatMap((subject) => about.get(subject) ?? []).flatMap((one) => numbered(one) ?? []);
}
