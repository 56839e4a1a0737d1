import { type DynamicModule, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { JournalKey } from './journal-key.js';
import { JournalMemory } from './journal-memory.js';
import { Journal } from './journal.js';

const logger = new Logger('journal');

/** Begins the journal of a ledger that has none, before any change. */
@Injectable()
class BeginJournal implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.database
      .transaction((db) => this.journal.begin(db))
      // A read-only database has no changes to journal.
      .catch((err: unknown) => logger.warn({ msg: 'the journal could not be begun', err }));
  }
}

export interface JournalOptions {
  /** Secret of the service, 32 bytes. */
  secret: Uint8Array;
  /** File that stores how far the journal was audited. */
  memoryFile: string;
}

/** Journals changes to rows that do not follow from the log. */
@Module({})
export class JournalModule {
  static forRoot({ secret, memoryFile }: JournalOptions): DynamicModule {
    const memory = new JournalMemory(memoryFile, (message) => logger.warn(message));
    return {
      module: JournalModule,
      global: true,
      providers: [
        { provide: JournalKey, useValue: new JournalKey(secret) },
        { provide: JournalMemory, useValue: memory },
        Journal,
        BeginJournal,
      ],
      exports: [Journal, JournalKey, JournalMemory],
    };
  }
}
