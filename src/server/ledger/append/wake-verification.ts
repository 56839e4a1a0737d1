/** Shortest interval between wake-ups of the verification workers, ms; they read everything new each time. */
const WAKE_INTERVAL = 100;

/**
 * Notifies the verification workers that the log has grown. They read by a cursor, so a lost job loses nothing, and a
 * failed wake-up must never fail an append.
 */
export class WakeVerification {
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param wake enqueues one job;
   * @param failed receives its error.
   */
  constructor(
    private readonly wake: () => Promise<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {}

  appended(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wake().catch(this.failed);
    }, WAKE_INTERVAL);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
