import type { Database } from '../database/database.js';

/** Longest single wait, ms: so that who wants it to end is soon heard. */
const LONGEST = 1_000;
/** It rests at most so many times as long as it worked: a small ledger is audited soon, whatever time there is. */
const MOST = 4;
/**
 * One that is late rests at least so many times as long as it worked. What it takes then is time that nobody else needs: its
 * thread and its connections have a low priority. With longer rests the audit of a busy ledger would not end.
 */
const LEAST = 1;
/** Entries a second above which the ledger is called busy. */
const BUSY = 100;

/** Somebody may have written any number as the size of the log; a larger one cannot be read. */
export const MOST_SIZE = Number.MAX_SAFE_INTEGER;

/** Thrown out of an audit that is asked to end before it is done. */
export class AuditStopped extends Error {}

/** Where an audit is when it decides how long to rest; all times in ms. */
export interface Progress {
  /** Worked since the last rest, and not rested for yet. */
  worked: number;
  /** Since it began. */
  elapsed: number;
  /** What the whole may take; 0: as fast as it can. */
  allowed: number;
  /** Of the whole that is done, 0 to 1. */
  share: number;
  /** Whether events stream in. */
  busy: boolean;
}

/**
 * Returns how long an audit rests, ms: as its share of the time that it may take says, within `LEAST` and `MOST` times what it
 * worked. So a ledger whose audit takes longer than it may is audited more slowly, and not without a pause.
 */
export function restFor({ worked, elapsed, allowed, share, busy }: Progress): number {
  if (allowed === 0) return busy ? worked : 0;
  const ahead = allowed * share - elapsed;
  return Math.min(Math.max(ahead, LEAST * worked), MOST * worked);
}

/**
 * Spreads a reading over the time that it may take. An audit that somebody begins to wait for hurries; one whose service is
 * stopped ends.
 */
export class AuditPace {
  private readonly started = performance.now();
  private resumed = performance.now();
  /** Worked before a short rest, ms, which the next long one counts. */
  private owed = 0;
  private size: number | null = null;
  private hurried = false;
  private stopped = false;

  /** @param milliseconds the time that the whole reading may take; 0: as fast as it can */
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

  /** @param share of the whole reading that is done, 0 to 1. Throws `AuditStopped`. */
  async rest(share: number): Promise<void> {
    const recent = performance.now() - this.resumed;
    const busy = await this.isBusy(recent);
    const worked = Math.max(0, recent + this.owed);
    const elapsed = performance.now() - this.started;
    this.owed = 0;
    await this.sleep(restFor({ worked, elapsed, allowed: this.milliseconds, share, busy }));
  }

  /** Rests as long as it worked, and no longer: for where a snapshot or a transaction is held. Throws `AuditStopped`. */
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

  /** Whether the log has grown fast since the last rest. */
  private async isBusy(worked: number): Promise<boolean> {
    const { rows } = await this.database.pool.query<{ size: number }>(
      `SELECT LEAST(size, ${MOST_SIZE}) AS size FROM log_state`,
    );
    const [before, size] = [this.size, rows[0]?.size ?? 0];
    this.size = size;
    return before !== null && ((size - before) * 1_000) / Math.max(1, worked) > BUSY;
  }
}
