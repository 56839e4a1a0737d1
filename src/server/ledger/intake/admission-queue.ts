import { AditError } from '../../../core/errors.js';

/** Limit of a single event's estimated wait, as a multiple of the usual wait. */
const TIMES_USUAL = 3;
/** Waits that are always short enough, and that are always too long, ms. */
const SHORT_WAIT = 100;
const LONGEST_WAIT = 250;
/** Single events that are accepted whatever the estimate, if they can be recorded within `LONGEST_ALWAYS` ms. */
const ALWAYS = 64;
const LONGEST_ALWAYS = 2_000;
/** Single events that are accepted in any case, however slow the service is. */
const FEWEST = 16;
/** Single events that are accepted before the speed is known. */
const UNMEASURED = 128;
/** Interval over which the speed is measured, ms, and the weight of the newest measurement. */
const WINDOW = 250;
const WEIGHT = 0.3;

/**
 * Returns how many single events may be in flight. By Little's law their number divided by the speed is the wait of the
 * last of them, so a limit on the number limits the wait.
 * @param speed events recorded in a second; null: not measured yet.
 * @param usual wait while none is refused, ms.
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
 * Decides whether the service accepts one more event. The limit on their number limits memory; for single events it
 * also limits the wait: under overload the service refuses some at once instead of answering all late.
 */
export class AdmissionQueue {
  private inFlight = 0;
  private single = 0;
  private finished = 0;
  private since: number;
  /** Integral over time of single events in flight since `since`, and when it was last updated. */
  private presence = 0;
  private counted: number;
  private turnedAway = false;
  private measuredSpeed: number | null = null;
  /** Speed measured only while many were in flight; a few single events do not show how many one commit can take. */
  private capacity: number | null = null;
  /** Average number of single events in flight and their wait, ms, while none was refused. */
  private present: number | null = null;
  private usual: number | null = null;

  /**
   * @param limit events in flight;
   * @param now milliseconds of a monotonic clock.
   */
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

  /** Number of events in flight, from arrival to answer. */
  get depth(): number {
    return this.inFlight;
  }

  /** Returns why a single event would be refused now; null: it is accepted. */
  refusal(): AditError | null {
    if (this.inFlight >= this.limit) return this.full();
    if (this.single < FEWEST) return null;
    this.measure();
    if (this.single < mostSingle(this.capacity, this.usual)) return null;
    this.turnedAway = true;
    return new AditError('overloaded', 'More events come than can be recorded; send this again shortly.');
  }

  /** Returns why a batch of so many events would be refused. A batch that fits an idle service is accepted. */
  refusalOfBatch(events: number): AditError | null {
    return this.inFlight > 0 && this.inFlight + events > this.limit ? this.full() : null;
  }

  enter(count: number, single = false): void {
    this.inFlight += count;
    if (!single) return;
    this.measure();
    this.single += count;
  }

  /** @param worked false: the events were refused after all and do not count for the speed. */
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

  /** Updates the integral. Idle time does not count for the speed. */
  private count(): void {
    const now = this.now();
    if (this.single === 0) this.since += now - this.counted;
    this.presence += this.single * (now - this.counted);
    this.counted = now;
  }

  /** Ends an interval of measuring. Not while events leave, because events of one commit leave one by one. */
  private measure(): void {
    this.count();
    const elapsed = this.counted - this.since;
    if (elapsed < WINDOW) return;
    const [rate, present] = [(this.finished / elapsed) * 1_000, this.presence / elapsed];
    this.measuredSpeed = smooth(this.measuredSpeed, rate);
    this.present = smooth(this.present, present);
    if (present >= FEWEST || this.turnedAway || (this.capacity !== null && rate > this.capacity))
      this.capacity = smooth(this.capacity, rate);
    // Both averages are smoothed alike; their ratio is the mean wait (Little's law).
    if (!this.turnedAway && this.finished > 0) this.usual = (this.present / this.measuredSpeed) * 1_000;
    this.since = this.counted;
    this.finished = this.presence = 0;
    this.turnedAway = false;
  }
}
