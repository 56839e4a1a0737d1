/** Events without a good signature that an address may send in a second before they are turned away: this share of what is recorded. */
const SHARE = 0.05;
const MOST_PER_SECOND = 20;
const LEAST_PER_SECOND = 1;
/** Seconds of it that an address may send at once. */
const BURST = 10;
/** How long the answer to an event beyond the budget is held back, ms. */
const SHORTEST_HOLD = 1_000;
const LONGEST_HOLD = 5_000;
/** Addresses remembered; one that sends nothing bad is not. */
const ADDRESSES = 10_000;

interface Spent {
  /** Seconds' worth of refusals left, as of `at`. */
  left: number;
  at: number;
}

/** Returns how many refusals an address is given in a second. @param speed events recorded in a second; null: not measured. */
export const refusalsPerSecond = (speed: number | null): number =>
  speed === null ? MOST_PER_SECOND : Math.min(MOST_PER_SECOND, Math.max(LEAST_PER_SECOND, SHARE * speed));

/** Returns how long an answer is held back, ms, so that those that are held back are answered no faster than others are refused. */
export const holdFor = (heldBack: number, perSecond: number): number =>
  Math.min(LONGEST_HOLD, Math.max(SHORTEST_HOLD, (heldBack / perSecond) * 1_000));

/**
 * Counts the events of each address that nobody known has signed. To look up, hash and sign a refusal of each costs more
 * than to record an event; beyond the budget such events are turned away cheaply, and those that are well signed are not.
 */
export class RefusalBudget {
  private readonly spent = new Map<string, Spent>();

  /** @param speed events recorded in a second; @param now milliseconds of a clock that only goes forward. */
  constructor(
    private readonly speed: () => number | null = () => null,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Refusals that an address is given in a second. */
  get perSecond(): number {
    return refusalsPerSecond(this.speed());
  }

  /** Whether one more event of the address may be refused in full. */
  allows(address: string): boolean {
    return this.leftOf(address) * this.perSecond >= 1;
  }

  /** Counts one event of the address that was not well signed. */
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
