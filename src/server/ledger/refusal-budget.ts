/** Events without a good signature that an address may send at once, and a second, before they are turned away unread. */
const BURST = 200;
const PER_SECOND = 20;
/** Addresses remembered; one that sends nothing bad is not. */
const ADDRESSES = 10_000;

interface Spent {
  /** Refusals left, as of `at`. */
  left: number;
  at: number;
}

/**
 * Counts the events of each address that nobody known has signed. To look up, hash and sign a refusal of each costs more
 * than to record an event; beyond the budget such events are turned away cheaply, and those that are well signed are not.
 */
export class RefusalBudget {
  private readonly spent = new Map<string, Spent>();

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether one more event of the address may be refused in full. */
  allows(address: string): boolean {
    return this.leftOf(address) >= 1;
  }

  /** Counts one event of the address that was not well signed. */
  spend(address: string): void {
    const left = Math.max(0, this.leftOf(address) - 1);
    this.spent.delete(address);
    if (this.spent.size >= ADDRESSES) this.spent.delete(this.spent.keys().next().value as string);
    this.spent.set(address, { left, at: this.now() });
  }

  private leftOf(address: string): number {
    const known = this.spent.get(address);
    if (known === undefined) return BURST;
    return Math.min(BURST, known.left + ((this.now() - known.at) / 1_000) * PER_SECOND);
  }
}
