/** Provides the time in milliseconds since 1970 (UTC). All server code reads it here, never from the machine. */
export abstract class Clock {
  abstract now(): number;
}

/** The machine's clock, used by a service. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** A clock that changes only by calls; for the scenario runner, the demo and tests. */
export class SimulatedClock extends Clock {
  constructor(private time: number) {
    super();
  }

  now(): number {
    return this.time;
  }

  /** Sets a later time, ms since 1970. Throws RangeError for an earlier one. */
  setTo(time: number): void {
    if (!Number.isFinite(time) || time < this.time) throw new RangeError('A clock cannot be set back.');
    this.time = time;
  }

  /** Advances the clock by so many milliseconds. */
  advance(milliseconds: number): void {
    this.setTo(this.time + milliseconds);
  }
}
