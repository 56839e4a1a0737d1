import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { lotsOf } from '../../core/custody/links.js';
import type { JudgedEvent } from '../../core/rules/facts.js';
import { eventRules } from '../../core/rules/index.js';
import { eventsSpokenOf } from '../../core/rules/subjects.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { setDeadlines, takeDue } from './deadlines.js';
import { fileEntries, fileThroughput, queueKeyRevisits, queueRevisits, takeRevisits, unfileErased } from './filings.js';
import { loadFacts, loadTotals } from './load-facts.js';
import { entriesDownstream } from './load-lots.js';
import { ReadEvents } from './read-events.js';
import { RuleParameters } from '../rule-parameters.js';
import { runRules } from './run-rules.js';
import { settleFindings } from './settle-findings.js';
import { WakeAlerts } from './wake-alerts.js';
import { lockCursor, writeFindings } from './write-findings.js';

/** Entries judged in one transaction; bounds its memory and how long it holds the cursor. */
const PIECE = 500;

/** What one transaction did. */
export interface Step {
  /** New entries, and old ones judged anew. */
  judged: number;
  again: number;
  changed: number;
}

/**
 * Judges what is new in the log, what has fallen due, and what something new makes worth judging again. The cursor moves
 * in the same transaction as the findings are written, and its row is locked meanwhile: jobs that are lost, repeated or
 * run twice at once change nothing.
 */
@Injectable()
export class VerifyEntries implements OnModuleDestroy {
  private events: ReadEvents;
  private piece = PIECE;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly alerts: WakeAlerts,
    private readonly parameters: RuleParameters,
  ) {
    this.events = new ReadEvents(identity.origin);
  }

  /** For a monitor, in whose database nobody else writes: it has checked every entry itself, and judges more at a time. */
  readOwn(piece: number): this {
    this.events = new ReadEvents(this.identity.origin, true);
    this.piece = piece;
    return this;
  }

  /**
   * Reads on to the end of the log; gives the number of entries judged. What is appended meanwhile is left to whoever is
   * woken by it: a step costs some twenty statements, and to judge each event as it comes would cost most of a core.
   * @param told how many, after each piece.
   */
  async verify(told: (total: number) => void = () => undefined): Promise<number> {
    for (let total = 0; ;) {
      const { judged, again, changed } = await this.database.transaction((db) => this.step(db));
      total += judged;
      told(total);
      if (changed > 0) await this.alerts.wake();
      if ((judged < this.piece && again === 0) || this.stopping) return total;
    }
  }

  /**
   * Whoever starts next goes on from the cursor: a backlog must not hold up the end of a process. Called before workers are
   * waited for, which is done before `beforeApplicationShutdown` of what they work with.
   */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Judges the next entries, at most `limit`, in the transaction of the caller. The audit calls this on tables of its own. */
  async step(db: Queryable, limit = this.piece): Promise<Step> {
    const from = await lockCursor(db);
    const { entries: fresh, end } = await this.events.from(db, from, limit);
    const now = await timeBefore(db, end);
    await fileEntries(db, fresh);
    await queueRevisits(db, fresh);
    await queueRevisits(db, await this.incidentsUpdated(db, fresh), end);
    await queueKeyRevisits(db, fresh);
    const again = [...(await takeDue(db, now)), ...(await takeRevisits(db))];
    if (end === from && again.length === 0) return { judged: 0, again: 0, changed: 0 };

    const entries = await this.entriesToJudge(db, fresh, again);
    const parameters = this.parameters.asOf(now);
    const facts = await loadFacts(db, this.events, { entries, end, now }, eventRules, parameters);
    await fileThroughput(db, facts);
    await loadTotals(db, this.events, facts);
    const judgements = runRules(eventRules, facts, parameters);
    const time = now ?? this.clock.now();
    const basis = { log: this.identity.origin, parameters, now: time };
    const written = await writeFindings(db, judgements, basis);
    const settled = await settleFindings(db, entries, time);
    await setDeadlines(db, judgements, now);
    await db.query('UPDATE verification_cursor SET next = $1', [end]);
    return { judged: end - from, again: again.length, changed: written + settled };
  }

  /** Incidents that new entries speak of: what happened around them since is judged anew, whenever it was logged. */
  private async incidentsUpdated(db: Queryable, fresh: readonly JudgedEvent[]): Promise<JudgedEvent[]> {
    const ids = fresh.flatMap(({ event }) => (event.type === 'incident.updated' ? [event.payload.incident] : []));
    if (ids.length === 0) return [];
    const { rows } = await db.query<{ index: number }>('SELECT index FROM entries WHERE id = ANY($1::text[])', [ids]);
    const incidents = await this.events.byIndex(
      db,
      rows.map(({ index }) => index),
    );
    return [...incidents.values()];
  }

  /** The new entries, those judged anew, and those that a new one speaks of, in the order of the log. */
  private async entriesToJudge(
    db: Queryable,
    fresh: readonly JudgedEvent[],
    again: readonly number[],
  ): Promise<JudgedEvent[]> {
    const spokenOf = fresh.flatMap(eventsSpokenOf);
    const { rows } =
      spokenOf.length === 0
        ? { rows: [] }
        : await db.query<{ index: number }>('SELECT index FROM entries WHERE id = ANY($1::text[])', [spokenOf]);
    const mended = await this.chainsMended(db, fresh);
    const older = await this.events.byIndex(db, [...again, ...mended, ...rows.map(({ index }) => index)]);
    // What a correction makes an entry speak of, it is found under from now on.
    if (mended.length > 0) await fileEntries(db, [...older.values()]);
    await unfileErased(db, this.events, fresh);
    const all = new Map([...older, ...fresh.map((entry): [number, JudgedEvent] => [entry.index, entry])]);
    return [...all.values()].toSorted((a, b) => a.index - b.index);
  }

  /** All entries on the chains of lots that a corrected event touched, or assayed: each weighs against what another says. */
  private async chainsMended(db: Queryable, fresh: readonly JudgedEvent[]): Promise<number[]> {
    const targets = fresh.flatMap(({ event }) => (event.type === 'event.corrected' ? [event.payload.event] : []));
    const endorsed = fresh.flatMap(({ event }) => (event.type === 'event.endorsed' ? event.payload.events : []));
    if (targets.length === 0 && endorsed.length === 0) return [];
    const { rows: mended } = await db.query<{ index: number }>(
      `SELECT index FROM entries
        WHERE id = ANY($1::text[]) OR id IN (SELECT target FROM corrections WHERE id = ANY($2::text[]))`,
      [targets, endorsed],
    );
    const events = await this.events.byIndex(
      db,
      mended.map(({ index }) => index),
    );
    const lots = [...events.values()].flatMap(({ event }) =>
      event.type === 'assay.certified' ? [event.payload.lot] : lotsOf(event),
    );
    return entriesDownstream(db, [...new Set(lots)]);
  }
}

/** The newest `log.clock` below an index, ms since 1970 UTC: the time of the log as of there. */
async function timeBefore(db: Queryable, end: number): Promise<number | null> {
  const { rows } = await db.query<{ time: number }>(
    'SELECT time FROM clocks WHERE index < $1 ORDER BY index DESC LIMIT 1',
    [end],
  );
  return rows[0]?.time ?? null;
}
