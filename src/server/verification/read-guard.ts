import { type Guard, GuardError, type GuardState } from '../transparency/guard.js';

/** What was signed last, as remembered outside the database. */
export class ReadGuard {
  /** @param warn is told of a guard that is there and cannot be relied on. */
  constructor(
    private readonly guard: Guard,
    private readonly warn: (error: GuardError) => void,
  ) {}

  /** Null where this process has no guard to look at: a worker on another machine than the one that signs. */
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
