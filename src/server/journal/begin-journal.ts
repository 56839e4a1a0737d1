import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Journal } from './journal.js';

/** Begins the journal of a ledger that has none, before any change. */
@Injectable()
export class BeginJournal implements OnApplicationBootstrap {
  private readonly logger = new Logger('journal');

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.database
      .transaction((db) => this.journal.begin(db))
      // A read-only database has no changes to journal.
      .catch((err: unknown) => this.logger.warn({ msg: 'the journal could not be begun', err }));
  }
}
