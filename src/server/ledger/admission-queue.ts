import { AditError } from '../../core/errors.js';

/** How long a single event may wait before it is recorded, ms, by what is estimated when it comes. */
const LONGEST_WAIT = 250;
/** Single events that are always taken: about as many as go into one commit, whatever the estimate says. */
const ALWAYS = 128;
/** Time over which the speed is measured, ms, and how much the newest measure weighs. */
const WINDOW = 250;
const WEIGHT = 0.3;

/**
 * Decides whether one more event is let in. What waits is bounded in number, which bounds memory, and single events in time:
 * where more come than can be recorded, the rest are turned away at once instead of all of them late.
 */
export class AdmissionQueue {
  private inFlight = 0;
  private single = 0;
  private finished = 0;
  private since: number;
  /** Single events recorded in a second while any waited; null: not measured yet. */
  private speed: number | null = null;

  /** @param limit events between the door and the answer; @param now milliseconds of a clock that only goes forward. */
  constructor(
    readonly limit: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.since = now();
  }

  /** Events between the door and the answer. */
  get depth(): number {
    return this.inFlight;
  }

  /** Why a single event that came now would be turned away; null: it is taken. */
  refusal(): AditError | null {
    if (this.inFlight >= this.limit) return this.full();
    if (this.single < ALWAYS) return null;
    this.measure();
    const wait = this.speed === null ? 0 : (this.single / Math.max(1, this.speed)) * 1_000;
    if (wait <= LONGEST_WAIT) return null;
    return new AditError('overloaded', 'More events come than can be recorded; send this again shortly.');
  }

  /** Why a batch of so many events would be turned away. One that fits into an idle service is taken. */
  refusalOfBatch(events: number): AditError | null {
    return this.inFlight > 0 && this.inFlight + events > this.limit ? this.full() : null;
  }

  enter(count: number, single = false): void {
    if (single && this.single === 0) this.restart();
    this.inFlight += count;
    if (single) this.single += count;
  }

  leave(count: number, single = false): void {
    this.inFlight -= count;
    if (!single) return;
    this.single -= count;
    this.finished += count;
    this.measure();
  }

  private full(): AditError {
    return new AditError('overloaded', `${this.inFlight} events are being recorded; send this again shortly.`);
  }

  /** Idle time says nothing of the speed. */
  private restart(): void {
    this.since = this.now();
    this.finished = 0;
  }

  private measure(): void {
    const elapsed = this.now() - this.since;
    if (elapsed < WINDOW) return;
    const measured = (this.finished / elapsed) * 1_000;
    this.speed = this.speed === null ? measured : WEIGHT * measured + (1 - WEIGHT) * this.speed;
    this.restart();
  }
}
