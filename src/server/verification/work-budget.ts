/** What one event costs that is read and parsed, in rows. */
export const EVENT_COST = 10;

/** Thrown out of a step of judging that would read more than one step may. */
export class StepTooLarge extends Error {
  constructor(readonly limit: number) {
    super(`The step reads more than ${limit} rows.`);
    this.name = 'StepTooLarge';
  }
}

/** Counts the rows that a step of judging reads, so that its memory and its time are bounded whatever lots are made of. */
export class WorkBudget {
  private spent = 0;

  constructor(private readonly limit: number) {}

  /** Throws `StepTooLarge` where the step has read more than it may. */
  spend(rows: number): void {
    this.spent += rows;
    if (this.spent > this.limit) throw new StepTooLarge(this.limit);
  }
}
