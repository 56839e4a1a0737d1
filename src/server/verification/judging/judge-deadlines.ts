import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock.js';
import { Database } from '../../database/database.js';
import { LogClock } from '../../ledger/append/log-clock.js';
import { nextDue } from './deadlines.js';
import { VerifyEntries } from './verify-entries.js';

/**
 * Judges due deadlines. A deadline depends on the log's clock only, so if the service's clock is past the next one, it
 * first appends the time.
 */
@Injectable()
export class JudgeDeadlines {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logClock: LogClock,
    private readonly entries: VerifyEntries,
  ) {}

  /** Returns whether anything was due. */
  async judge(): Promise<boolean> {
    const due = await nextDue(this.database);
    if (due === null || due > this.clock.now()) return false;
    await this.logClock.tick();
    await this.entries.verify();
    return true;
  }
}
