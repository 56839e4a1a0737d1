/** Cost of reading and parsing one event, in rows. */
export const EVENT_COST = 10;

/** Thrown by a step that would read more than its budget. */
export class StepTooLarge extends Error {
  constructor(readonly limit: number) {
    super(`The step reads more than ${limit} rows.`);
    this.name = 'StepTooLarge';
  }
}

/** Counts the rows that a step of judging reads, which limits its memory and time whatever the lineage. */
export class WorkBudget {
  private spent = 0;

  constructor(private readonly limit: number) {}

  /** Adds rows. Throws `StepTooLarge` above the budget. */
  spend(rows: number): void {
    this.spent += rows;
    if (this.spent > this.limit) throw new StepTooLarge(this.limit);
  }
}
