/** Wakes the verification workers at most this often, ms; they read all that is new whenever they wake. */
const WAKE_INTERVAL = 100;

/**
 * Tells the verification workers that the log has grown. A job that is lost loses nothing, because the workers read
 * by a cursor; so a failure to wake them must never fail an append.
 */
export class WakeVerification {
  private timer: NodeJS.Timeout | null = null;

  /** @param wake adds one job; @param failed is told when that does not work. */
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
