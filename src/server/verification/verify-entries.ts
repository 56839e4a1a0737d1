import { Injectable } from '@nestjs/common';
import { eventRules } from '../../core/rules/index.js';
import { defaultParameters } from '../../core/rules/parameters.js';
import { judge } from '../../core/rules/rule.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { setDeadlines, takeDue } from './deadlines.js';
import { loadFacts } from './load-facts.js';
import { ReadEvents } from './read-events.js';
import { WakeAlerts } from './wake-alerts.js';
import { lockCursor, writeFindings } from './write-findings.js';

/** Entries judged in one transaction; bounds its memory and how long it holds the cursor. */
const PIECE = 500;

/** What one transaction did. */
interface Step {
  judged: number;
  due: number;
  changed: number;
}

/**
 * Judges what is new in the log, and what has fallen due. The cursor moves in the same transaction as the findings are
 * written, and its row is locked meanwhile: jobs that are lost, repeated or run twice at once change nothing.
 */
@Injectable()
export class VerifyEntries {
  private readonly events: ReadEvents;

  constructor(
    private readonly database: Database,
    identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly alerts: WakeAlerts,
  ) {
    this.events = new ReadEvents(identity.origin);
  }

  /** Reads on to the end of the log; gives the number of entries judged. */
  async verify(): Promise<number> {
    for (let total = 0; ;) {
      const { judged, due, changed } = await this.database.transaction((db) => this.step(db));
      total += judged;
      if (changed > 0) await this.alerts.wake();
      if (judged === 0 && due === 0) return total;
    }
  }

  private async step(db: Queryable): Promise<Step> {
    const from = await lockCursor(db);
    const stored = await entriesFrom(db, from);
    const end = (stored.at(-1)?.index ?? from - 1) + 1;
    const entries = this.events.read(stored);
    const now = await timeBefore(db, end);
    const due = await takeDue(db, now);
    if (end === from && due.length === 0) return { judged: 0, due: 0, changed: 0 };

    const facts = await loadFacts(db, this.events, { entries, from, end, due, now }, eventRules, defaultParameters);
    const judgements = eventRules.map((rule) => judge(rule, facts, defaultParameters));
    const changed = await writeFindings(db, judgements, now ?? this.clock.now());
    await setDeadlines(db, facts, defaultParameters);
    await db.query('UPDATE verification_cursor SET next = $1', [end]);
    return { judged: end - from, due: due.length, changed };
  }
}

/** The cursor follows the rows and not the stored size, which somebody may have edited; it passes over a hole. */
async function entriesFrom(db: Queryable, from: number): Promise<{ index: number; jws: string }[]> {
  const { rows } = await db.query<{ index: number; jws: string }>(
    'SELECT index, jws FROM entries WHERE index >= $1 ORDER BY index LIMIT $2',
    [from, PIECE],
  );
  return rows;
}

/** The newest `log.clock` below an index, ms since 1970 UTC: the time of the log as of there. */
async function timeBefore(db: Queryable, end: number): Promise<number | null> {
  const { rows } = await db.query<{ time: number }>(
    'SELECT time FROM clocks WHERE index < $1 ORDER BY index DESC LIMIT 1',
    [end],
  );
  return rows[0]?.time ?? null;
}
