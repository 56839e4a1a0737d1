import type { BundledEvent } from './events.js';

/** The log's time enters the log at least once an hour (protocol.md §4), ms. */
const HOUR = 3_600_000;
/** How much later than that it may be for reasons of its own: a slow disk, a restart, ms. */
const ALLOWANCE = 600_000;
/** Two neighbouring times of a service that runs are no farther apart than this, ms. */
export const CADENCE = HOUR + ALLOWANCE;

/** The log's time at a place in the log, ms since 1970 UTC: somewhere from `earliest` to `latest`. */
export interface TimeBounds {
  /** Null: before the first time that the bundle has. */
  earliest: number | null;
  /** Null: nothing bounds it, because the bundle has no later time. */
  latest: number | null;
  /** Whether they may matter: the time is neither proved nor within the log's own cadence. */
  wide: boolean;
}

type Entry = Pick<BundledEvent, 'index' | 'event'>;

/**
 * What the `log.clock` entries of a bundle say of when others entered the log. That an entry is in the log does not show
 * that no other stands before it, so a time that was left out would make what came late look early. The time is taken
 * for exact where every entry since it is in the bundle, and for near enough where the next one is within the cadence at
 * which the log tells the time. Anything else is a span.
 */
export class LogTimes {
  private readonly indexes: number[];
  private readonly clocks: { index: number; at: number; time: number }[];

  /** @param events in the order of the log */
  constructor(events: readonly Entry[]) {
    this.indexes = events.map(({ index }) => index);
    this.clocks = events.flatMap(({ index, event }, at) =>
      event.type === 'log.clock' ? [{ index, at, time: event.occurredAtMs }] : [],
    );
  }

  /** The log's time as of the first `size` entries, which is also when the entry at that index entered. */
  asOf(size: number): TimeBounds {
    const next = firstAtLeast(this.clocks, ({ index }) => index >= size);
    const [floor, ceiling] = [this.clocks[next - 1], this.clocks[next]];
    const earliest = floor?.time ?? null;
    const carried = firstAtLeast(this.indexes, (index) => index >= size) - (floor?.at ?? -1) - 1;
    const between = size - (floor?.index ?? -1) - 1;
    const near = earliest !== null && ceiling !== undefined && ceiling.time - earliest <= CADENCE;
    if (carried === between || near) return { earliest, latest: earliest, wide: false };
    return { earliest, latest: ceiling?.time ?? null, wide: true };
  }

  /**
   * The log's time up to which nothing can be missing, if nothing is missing of the first `size` entries: of those that
   * follow them without a gap nothing is missing either. Null: the bundle has no time below that.
   */
  provedUpTo(size: number): number | null {
    let covered = size;
    for (let at = firstAtLeast(this.indexes, (index) => index >= size); this.indexes[at] === covered; at += 1)
      covered += 1;
    return this.clocks[firstAtLeast(this.clocks, ({ index }) => index >= covered) - 1]?.time ?? null;
  }
}

/** The first position from which on a condition holds; the length of the list where it never does. */
function firstAtLeast<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
