/** What time it is, in milliseconds since 1970 (UTC). Everything in the server asks this, never the machine. */
export abstract class Clock {
  abstract now(): number;
}

/** The machine's clock: what a service runs on. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** A clock that stands still until it is driven. Only the scenario runner, the demo and tests may drive one. */
export class SimulatedClock extends Clock {
  constructor(private time: number) {
    super();
  }

  now(): number {
    return this.time;
  }

  /** Moves to a later moment, ms since 1970; throws RangeError if it is an earlier one, because time only grows. */
  setTo(time: number): void {
    if (!Number.isFinite(time) || time < this.time) throw new RangeError('A clock cannot be set back.');
    this.time = time;
  }

  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void {
    this.setTo(this.time + milliseconds);
  }
}
