import type { Database } from '../database/database.js';

/** Longest single wait, ms: so that who wants it to end is soon heard. */
const LONGEST = 1_000;
/** It rests at most so many times as long as it worked: a small ledger is audited soon, whatever time there is. */
const MOST = 4;
/** Entries a second above which the ledger is called busy. */
const BUSY = 100;

/** Thrown out of an audit that is asked to end before it is done. */
export class AuditStopped extends Error {}

/**
 * Spreads a reading over the time that it may take, and rests as long as it worked while events stream in. An audit that
 * somebody begins to wait for hurries; one whose service is stopped ends.
 */
export class AuditPace {
  private readonly started = performance.now();
  private resumed = performance.now();
  private size: number | null = null;
  private hurried = false;
  private stopped = false;

  /** @param milliseconds the time that the whole reading may take */
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
    const worked = performance.now() - this.resumed;
    const busy = await this.isBusy(worked);
    const target = this.started + this.milliseconds * share;
    const now = performance.now();
    const until = Math.max(Math.min(target, now + MOST * worked), busy ? now + worked : 0);
    while (!this.hurried && !this.stopped && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST, until - performance.now())));
    if (this.stopped) throw new AuditStopped('The audit was stopped before it was done.');
    this.resumed = performance.now();
  }

  /** Rests as long as it worked while events stream in, and no longer: for where a snapshot is held. Throws `AuditStopped`. */
  async giveWay(): Promise<void> {
    const worked = performance.now() - this.resumed;
    const until = performance.now() + ((await this.isBusy(worked)) ? Math.min(worked, LONGEST) : 0);
    while (!this.hurried && !this.stopped && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, until - performance.now()));
    if (this.stopped) throw new AuditStopped('The audit was stopped before it was done.');
    this.resumed = performance.now();
  }

  /** Whether the log has grown fast since the last rest. */
  private async isBusy(worked: number): Promise<boolean> {
    const { rows } = await this.database.pool.query<{ size: number }>('SELECT size FROM log_state');
    const [before, size] = [this.size, rows[0]?.size ?? 0];
    this.size = size;
    return before !== null && ((size - before) * 1_000) / Math.max(1, worked) > BUSY;
  }
}
