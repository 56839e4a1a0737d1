import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { BeginJournal } from './begin-journal.js';
import { Journal } from './journal.js';

/** Journals changes to rows that do not follow from the log. */
@Module({ imports: [DatabaseModule], providers: [Journal, BeginJournal], exports: [Journal] })
export class JournalModule {}
