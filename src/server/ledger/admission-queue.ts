import { AditError } from '../../core/errors.js';

/** A single event may wait so many times as long as is usual before it is recorded, by what is estimated when it comes. */
const TIMES_USUAL = 3;
/** Waits that are never called too long, and that always are, ms. */
const SHORT_WAIT = 100;
const LONGEST_WAIT = 250;
/** Single events that are taken whatever the estimate says, as long as they are recorded within `LONGEST_ALWAYS` ms. */
const ALWAYS = 64;
const LONGEST_ALWAYS = 2_000;
/** Single events that are taken in any case, however slow the service is. */
const FEWEST = 16;
/** Single events that are taken before the speed is known. */
const UNMEASURED = 128;
/** Time over which the speed is measured, ms, and how much the newest measure weighs. */
const WINDOW = 250;
const WEIGHT = 0.3;

/**
 * Returns how many single events may be between the door and the answer. By Little's law their number divided by the speed is
 * the wait of the last of them, so that bounding the number bounds the wait.
 * @param speed events recorded in a second; null: not measured yet. @param usual wait while nothing is turned away, ms.
 */
export function mostSingle(speed: number | null, usual: number | null): number {
  if (speed === null) return UNMEASURED;
  const wait = Math.min(LONGEST_WAIT, Math.max(SHORT_WAIT, TIMES_USUAL * (usual ?? 0)));
  const always = Math.min(ALWAYS, (speed * LONGEST_ALWAYS) / 1_000);
  return Math.floor(Math.max(FEWEST, always, (speed * wait) / 1_000));
}

const smooth = (before: number | null, measured: number): number =>
  before === null ? measured : WEIGHT * measured + (1 - WEIGHT) * before;

/**
 * Decides whether one more event is let in. What waits is bounded in number, which bounds memory, and single events in time:
 * where more come than can be recorded, the rest are turned away at once instead of all of them late.
 */
export class AdmissionQueue {
  private inFlight = 0;
  private single = 0;
  private finished = 0;
  private since: number;
  /** Single events in flight, summed over the time since `since`, and when that was last added to. */
  private presence = 0;
  private counted: number;
  private turnedAway = false;
  private measuredSpeed: number | null = null;
  /** The same while many were in flight: a few that come one after the other do not show what one commit can take. */
  private capacity: number | null = null;
  /** Single events in flight on the average, and the wait that this meant, ms, while nothing was turned away. */
  private present: number | null = null;
  private usual: number | null = null;

  /** @param limit events between the door and the answer; @param now milliseconds of a clock that only goes forward. */
  constructor(
    readonly limit: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.since = this.counted = now();
  }

  /** Single events recorded in a second while any waited; null: not measured yet. */
  get speed(): number | null {
    return this.measuredSpeed;
  }

  /** Events between the door and the answer. */
  get depth(): number {
    return this.inFlight;
  }

  /** Why a single event that came now would be turned away; null: it is taken. */
  refusal(): AditError | null {
    if (this.inFlight >= this.limit) return this.full();
    if (this.single < FEWEST) return null;
    this.measure();
    if (this.single < mostSingle(this.capacity, this.usual)) return null;
    this.turnedAway = true;
    return new AditError('overloaded', 'More events come than can be recorded; send this again shortly.');
  }

  /** Why a batch of so many events would be turned away. One that fits into an idle service is taken. */
  refusalOfBatch(events: number): AditError | null {
    return this.inFlight > 0 && this.inFlight + events > this.limit ? this.full() : null;
  }

  enter(count: number, single = false): void {
    this.inFlight += count;
    if (!single) return;
    this.measure();
    this.single += count;
  }

  /** @param worked false: they were turned away after all, which says nothing of the speed. */
  leave(count: number, single = false, worked = true): void {
    this.inFlight -= count;
    if (!single) return;
    this.count();
    this.single -= count;
    if (worked) this.finished += count;
  }

  private full(): AditError {
    return new AditError('overloaded', `${this.inFlight} events are being recorded; send this again shortly.`);
  }

  /** Adds up the time until now. Idle time says nothing of the speed, and is left out. */
  private count(): void {
    const now = this.now();
    if (this.single === 0) this.since += now - this.counted;
    this.presence += this.single * (now - this.counted);
    this.counted = now;
  }

  /** Ends a window of measuring. Not while events leave: what is recorded together leaves one by one. */
  private measure(): void {
    this.count();
    const elapsed = this.counted - this.since;
    if (elapsed < WINDOW) return;
    const [rate, present] = [(this.finished / elapsed) * 1_000, this.presence / elapsed];
    this.measuredSpeed = smooth(this.measuredSpeed, rate);
    this.present = smooth(this.present, present);
    if (present >= FEWEST || this.turnedAway || (this.capacity !== null && rate > this.capacity))
      this.capacity = smooth(this.capacity, rate);
    // Both are smoothed alike; their ratio is the mean wait.
    if (!this.turnedAway && this.finished > 0) this.usual = (this.present / this.measuredSpeed) * 1_000;
    this.since = this.counted;
    this.finished = this.presence = 0;
    this.turnedAway = false;
  }
}
