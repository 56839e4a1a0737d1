import { StepTooLarge, WorkBudget } from './work-budget.js';

/** Rows that a step may read for each entry of a full one; also the least for one entry. */
const ROWS_PER_ENTRY = 600;
const ROWS_ALONE = 3_000_000;
/** Duration above which the next step is smaller and below which it is larger, ms. */
const SLOW = 4_000;
const FAST = 1_000;
/** Least size that slow steps lead to; only failures lead to single entries. */
const LEAST_BY_TIME = 10;

/** What follows a failed step. */
export type AfterFailure = 'again' | 'smaller' | 'set-aside';

/**
 * Decides how many entries one transaction judges: fewer if they are large, half as many after two failures, down to
 * the one entry that cannot be judged.
 */
export class StepSize {
  entries: number;
  private failures = 0;

  /** @param most entries in one step. */
  constructor(private readonly most: number) {
    this.entries = most;
  }

  /** Returns the number of rows that the next step may read. */
  budget(): WorkBudget {
    return new WorkBudget(this.entries === 1 ? ROWS_ALONE : this.most * ROWS_PER_ENTRY);
  }

  /**
   * Records a committed step.
   * @param milliseconds its duration.
   */
  succeeded(milliseconds: number): void {
    this.failures = 0;
    if (milliseconds > SLOW && this.entries > LEAST_BY_TIME)
      this.entries = Math.max(LEAST_BY_TIME, Math.ceil(this.entries / 2));
    else if (milliseconds < FAST) this.entries = Math.min(this.most, this.entries * 2);
  }

  /** Records a step that was rolled back. A step that is too large is not retried at the same size. */
  failed(error: unknown): AfterFailure {
    this.failures += 1;
    if (this.failures < 2 && !(error instanceof StepTooLarge)) return 'again';
    this.failures = 0;
    if (this.entries === 1) return 'set-aside';
    this.entries = Math.ceil(this.entries / 2);
    return 'smaller';
  }
}
