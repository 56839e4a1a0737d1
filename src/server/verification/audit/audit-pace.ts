import type { Database } from '../../database/database.js';

/** Longest single pause, ms, so that a command takes effect soon. */
const LONGEST = 1_000;
/** Longest pause as a multiple of the work before it, so that the audit of a small ledger ends soon. */
const MOST = 4;
/**
 * Shortest pause of a late audit as a multiple of the work before it. Its thread and connections have a low priority,
 * so it uses idle time only; with longer pauses the audit of a busy ledger would not end.
 */
const LEAST = 1;
/** Entries a second above which the ledger is busy. */
const BUSY = 100;

/** Largest size of the log that can be read; a superuser of the database may have written any number. */
export const MOST_SIZE = Number.MAX_SAFE_INTEGER;

/** Thrown by an audit that is stopped early. */
export class AuditStopped extends Error {}

/** Progress of an audit, for the length of its pause; all times in ms. */
export interface Progress {
  /** Work since the last pause. */
  worked: number;
  /** Time since the start. */
  elapsed: number;
  /** Intended duration; 0: as fast as it can. */
  allowed: number;
  /** Share of the work that is done, 0 to 1. */
  share: number;
  /** Whether events are appended at a high rate. */
  busy: boolean;
}

/**
 * Returns the length of an audit's pause, ms, from its share of the intended time, within `LEAST` and `MOST` times its
 * work. So an audit that exceeds its time slows down but still pauses.
 */
export function restFor({ worked, elapsed, allowed, share, busy }: Progress): number {
  if (allowed === 0) return busy ? worked : 0;
  const ahead = allowed * share - elapsed;
  return Math.min(Math.max(ahead, LEAST * worked), MOST * worked);
}

/**
 * Spreads a reading over its intended duration. The audit hurries if a caller waits for it, and ends if the service
 * stops.
 */
export class AuditPace {
  private readonly started = performance.now();
  private resumed = performance.now();
  /** Work before a short pause, ms, which the next long one counts. */
  private owed = 0;
  private size: number | null = null;
  private hurried = false;
  private stopped = false;

  /** @param milliseconds intended duration of the whole reading; 0: as fast as it can. */
  constructor(
    private readonly database: Database,
    private readonly milliseconds: number,
  ) {}

  hurry(): void {
    this.hurried = true;
  }

  stop(): void {
    this.stopped = true;
  }

  /**
   * Pauses for the computed time. Throws `AuditStopped`.
   * @param share of the whole reading that is done, 0 to 1.
   */
  async rest(share: number): Promise<void> {
    const recent = performance.now() - this.resumed;
    const busy = await this.isBusy(recent);
    const worked = Math.max(0, recent + this.owed);
    const elapsed = performance.now() - this.started;
    this.owed = 0;
    await this.sleep(restFor({ worked, elapsed, allowed: this.milliseconds, share, busy }));
  }

  /** Pauses as long as the work took and no longer, for use in a snapshot or transaction. Throws `AuditStopped`. */
  async giveWay(): Promise<void> {
    const worked = performance.now() - this.resumed;
    const rests = this.milliseconds > 0 || (await this.isBusy(worked));
    const rest = rests ? Math.min(worked, LONGEST) : 0;
    this.owed += worked - rest / LEAST;
    await this.sleep(rest);
  }

  private async sleep(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!this.hurried && !this.stopped && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST, until - performance.now())));
    if (this.stopped) throw new AuditStopped('The audit was stopped before it was done.');
    this.resumed = performance.now();
  }

  /** Whether the log has grown fast since the last pause. */
  private async isBusy(worked: number): Promise<boolean> {
    const { rows } = await this.database.query<{ size: number }>(
      `SELECT LEAST(size, ${MOST_SIZE}) AS size FROM log_state`,
    );
    const [before, size] = [this.size, rows[0]?.size ?? 0];
    this.size = size;
    return before !== null && ((size - before) * 1_000) / Math.max(1, worked) > BUSY;
  }
}
