import { type Guard, GuardError, type GuardState } from '../../../transparency/guard.js';

/** Reads the last signed tree from outside the database. */
export class ReadGuard {
  /** @param warn receives the error of an invalid guard. */
  constructor(
    private readonly guard: Guard,
    private readonly warn: (error: GuardError) => void,
  ) {}

  /** Returns the guard's state; null if this process has none, such as a worker on another machine. */
  read(): GuardState | null {
    try {
      return this.guard.read();
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      if (error.reason !== 'missing') this.warn(error);
      return null;
    }
  }
}
