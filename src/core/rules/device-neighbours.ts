import { type Numbered, numbered } from './device-numbers.js';
import type { Facts, JudgedEvent } from './facts.js';
import { deviceSubject } from './subjects.js';

/** By number, what a device recorded; worked out once for all entries that ask. */
const sorted = new WeakMap<readonly JudgedEvent[], readonly Numbered[]>();

function bySeq(recorded: readonly JudgedEvent[]): readonly Numbered[] {
  const known = sorted.get(recorded);
  if (known !== undefined) return known;
  const all = recorded.flatMap((entry) => numbered(entry) ?? []).toSorted((a, b) => a.seq - b.seq);
  sorted.set(recorded, all);
  return all;
}

/** Where the numbers from `seq` on begin. */
function startOf(all: readonly Numbered[], seq: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((all[middle] as Numbered).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the device recorded under the same number, and next before and after it. */
export function neighbours({ actor, device, seq }: Numbered, { about }: Facts): readonly Numbered[] {
  const all = bySeq(about.get(deviceSubject(actor, device)) ?? []);
  return all.slice(Math.max(0, startOf(all, seq) - 1), startOf(all, seq + 1) + 1);
}
