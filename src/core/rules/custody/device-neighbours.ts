import { type NumberedEvent, numbered } from './device-numbers.js';
import type { Facts, JudgedEvent } from '../engine/facts.js';
import { deviceSubject } from '../engine/subjects.js';

/** The entries of a device by number, sorted once for all entries. */
const sorted = new WeakMap<readonly JudgedEvent[], readonly NumberedEvent[]>();

function bySeq(recorded: readonly JudgedEvent[]): readonly NumberedEvent[] {
  const known = sorted.get(recorded);
  if (known !== undefined) return known;
  const all = recorded.flatMap((entry) => numbered(entry) ?? []).toSorted((a, b) => a.seq - b.seq);
  sorted.set(recorded, all);
  return all;
}

/** Returns the position of the first number from `seq` on. */
function startOf(all: readonly NumberedEvent[], seq: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((all[middle] as NumberedEvent).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the entries of the device with the same number, and with the numbers just before and after it. */
export function neighbours({ actor, device, seq }: NumberedEvent, { about }: Facts): readonly NumberedEvent[] {
  const all = bySeq(about.get(deviceSubject(actor, device)) ?? []);
  return all.slice(Math.max(0, startOf(all, seq) - 1), startOf(all, seq + 1) + 1);
}
