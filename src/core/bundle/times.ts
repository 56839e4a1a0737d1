import type { BundledEvent } from './events.js';

/** Interval of `log.clock` at most (protocol.md §4), ms. */
const HOUR = 3_600_000;
/** Allowed delay of a `log.clock`, as by a slow disk or a restart, ms. */
const ALLOWANCE = 600_000;
/** Distance of two neighbouring times of a running service at most, ms. */
const CADENCE = HOUR + ALLOWANCE;

/** Bounds of the log's time at a position, ms since 1970 UTC. */
export interface TimeBounds {
  /** Null: before the bundle's first time. */
  earliest: number | null;
  /** Null: no bound, because the bundle has no later time. */
  latest: number | null;
  /** True if the time is neither proved nor within the log's own cadence, so that it may matter. */
  wide: boolean;
}

type Entry = Pick<BundledEvent, 'index' | 'event'>;

/**
 * The times at which entries entered the log, by the `log.clock` entries of a bundle. The inclusion of an entry does
 * not show which entries precede it, so an omitted time could make a late entry look early. A time is exact if the
 * bundle has every entry since it, and near enough if the next time is within the cadence of `log.clock`. Otherwise it
 * is a span.
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

  /** Returns the log's time as of the first `size` entries, which is also when the entry at that index entered. */
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
   * Returns the log's time up to which the bundle is complete, if it is complete on the first `size` entries: entries
   * that follow them without a gap are included. Null: the bundle has no time below that.
   */
  provedUpTo(size: number): number | null {
    let covered = size;
    for (let at = firstAtLeast(this.indexes, (index) => index >= size); this.indexes[at] === covered; at += 1)
      covered += 1;
    return this.clocks[firstAtLeast(this.clocks, ({ index }) => index >= covered) - 1]?.time ?? null;
  }
}

/** Returns the first position from which a condition is true; the length of the list if it never is. */
function firstAtLeast<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
