/** Share of the recording speed that one address may use for events without a valid signature. */
const SHARE = 0.05;
const MOST_PER_SECOND = 20;
const LEAST_PER_SECOND = 1;
/** Seconds of the budget that an address may use at once. */
const BURST = 10;
/** Least and greatest delay of the answer to an event above the budget, ms. */
const SHORTEST_HOLD = 1_000;
const LONGEST_HOLD = 5_000;
/** Addresses in memory; one without bad events is not stored. */
const ADDRESSES = 10_000;

interface BudgetUse {
  /** Refusals left, as of `at`. */
  left: number;
  at: number;
}

/**
 * Returns the refusals an address may cause in a second.
 * @param speed events recorded in a second; null: not measured.
 */
export const refusalsPerSecond = (speed: number | null): number =>
  speed === null ? MOST_PER_SECOND : Math.min(MOST_PER_SECOND, Math.max(LEAST_PER_SECOND, SHARE * speed));

/** Returns the delay of an answer, ms, so that delayed answers are not faster than other refusals. */
export const holdFor = (heldBack: number, perSecond: number): number =>
  Math.min(LONGEST_HOLD, Math.max(SHORTEST_HOLD, (heldBack / perSecond) * 1_000));

/**
 * Limits events without a valid signature by address: looking up, hashing and signing a refusal costs more than
 * recording an event. Above the budget such events are refused cheaply; validly signed events are not limited.
 */
export class RefusalBudget {
  private readonly spent = new Map<string, BudgetUse>();

  /**
   * @param speed events recorded in a second;
   * @param now milliseconds of a monotonic clock.
   */
  constructor(
    private readonly speed: () => number | null = () => null,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Refusals that an address may cause in a second. */
  get perSecond(): number {
    return refusalsPerSecond(this.speed());
  }

  /** Whether one more event of the address may have a full refusal. */
  allows(address: string): boolean {
    return this.leftOf(address) * this.perSecond >= 1;
  }

  /** Counts one event of the address without a valid signature. */
  spend(address: string): void {
    const left = Math.max(0, this.leftOf(address) - 1 / this.perSecond);
    this.spent.delete(address);
    if (this.spent.size >= ADDRESSES) this.spent.delete(this.spent.keys().next().value as string);
    this.spent.set(address, { left, at: this.now() });
  }

  private leftOf(address: string): number {
    const known = this.spent.get(address);
    if (known === undefined) return BURST;
    return Math.min(BURST, known.left + (this.now() - known.at) / 1_000);
  }
}
