import { StepTooLarge, WorkBudget } from './work-budget.js';

/** Rows that a step may read for each entry that a full one takes, and that one entry alone may read. */
const ROWS_PER_ENTRY = 600;
const ROWS_ALONE = 3_000_000;
/** A step that took longer than this, ms, is followed by a smaller one; one that took less by a larger one. */
const SLOW = 4_000;
const FAST = 1_000;
/** Steps are made this small by time alone; only what fails is taken one by one. */
const LEAST_BY_TIME = 10;

/** What follows a step that failed. */
export type AfterFailure = 'again' | 'smaller' | 'set-aside';

/**
 * Decides how many entries are judged in one transaction: fewer where they weigh much, and where a step fails twice half as
 * many, down to the one that cannot be judged.
 */
export class StepSize {
  entries: number;
  private failures = 0;

  /** @param most entries in one step. */
  constructor(private readonly most: number) {
    this.entries = most;
  }

  /** The rows that the next step may read. */
  budget(): WorkBudget {
    return new WorkBudget(this.entries === 1 ? ROWS_ALONE : this.most * ROWS_PER_ENTRY);
  }

  /** Notes a step that was committed. @param milliseconds that it took */
  succeeded(milliseconds: number): void {
    this.failures = 0;
    if (milliseconds > SLOW && this.entries > LEAST_BY_TIME)
      this.entries = Math.max(LEAST_BY_TIME, Math.ceil(this.entries / 2));
    else if (milliseconds < FAST) this.entries = Math.min(this.most, this.entries * 2);
  }

  /** Notes a step that was rolled back. One that is too large is so the second time too. */
  failed(error: unknown): AfterFailure {
    this.failures += 1;
    if (this.failures < 2 && !(error instanceof StepTooLarge)) return 'again';
    this.failures = 0;
    if (this.entries === 1) return 'set-aside';
    this.entries = Math.ceil(this.entries / 2);
    return 'smaller';
  }
}
