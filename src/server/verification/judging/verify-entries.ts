import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { lotsOf } from '../../../core/custody/links.js';
import { lotsClosedAsDuplicates } from '../../../core/rules/engine/closed-duplicates.js';
import type { JudgedEvent } from '../../../core/rules/engine/facts.js';
import { eventRules } from '../../../core/rules/index.js';
import { eventsSpokenOf } from '../../../core/rules/engine/subjects.js';
import { Clock } from '../../clock.js';
import { savepoint } from '../../database/connections.js';
import { Database } from '../../database/database.js';
import { isUnavailable } from '../../database/is-unavailable.js';
import type { Queryable } from '../../database/rows.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { beginStep, endSteps } from '../../tracing/steps.js';
import { setDeadlines, takeDue } from './deadlines.js';
import {
  fileAgain,
  fileEntries,
  fileFromChains,
  queueKeyRevisits,
  queueRevisits,
  takeRevisits,
  unfileErased,
} from './filings.js';
import { extendCache, followLog } from './facts/follow-log.js';
import { loadFacts, loadTotals } from './facts/load-facts.js';
import { takeDisclosed } from './late-disclosures.js';
import { entriesDownstream, entriesMended, entriesOn } from './facts/load-lots.js';
import { ReadEvents } from './facts/read-events.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { runRules } from './run-rules.js';
import { loadSeries } from './series.js';
import { judgedOlder, olderEntries, recordRules, rulesFingerprint } from './older-entries.js';
import { type EntrySetAside, entryFrom, judgedAside } from './set-aside.js';
import { settleFindings } from './settle-findings.js';
import { StepSize } from './step-size.js';
import { Jobs } from '../../queue/jobs.js';
import { lockCursor, withoutNew, writeFindings } from './write-findings.js';

/** Entries judged in one transaction at most; limits its memory and its lock on the cursor. */
export const PIECE = 500;
/** Duration above which a lost connection means that the step was too long, ms. */
const TOO_LONG = 8_000;

/** What one transaction judges; see `step`. */
interface StepLimits {
  from: number;
  most: number;
  mostAgain: number;
  older: readonly number[];
}

/** Result of one transaction. */
export interface Step {
  /** Number of new and re-evaluated entries. */
  judged: number;
  again: number;
  changed: number;
  /** Whether the backlog is empty. */
  last: boolean;
  /** Ids of the new entries; none of a step that sets one aside. */
  events?: readonly string[];
}

/**
 * Judges new entries and due deadlines, and re-evaluates older entries that new ones affect. The cursor moves in the
 * transaction that writes the findings and is locked meanwhile, so lost, repeated or concurrent jobs change nothing.
 */
@Injectable()
export class VerifyEntries implements OnModuleDestroy {
  private readonly logger = new Logger('verification');
  private events: ReadEvents;
  private size = new StepSize(PIECE);
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly parameters: RuleParameters,
  ) {
    this.events = new ReadEvents(identity.origin);
  }

  /** Memory of what the steps so far have read, bytes. */
  get cachedBytes(): number {
    return this.events.cache.size;
  }

  /** Configures a monitor, which has its own database and has checked every entry: judges more entries at once. */
  readOwn(piece: number): this {
    this.events = new ReadEvents(this.identity.origin, true);
    this.size = new StepSize(piece);
    return this;
  }

  /**
   * Judges up to the end of the log; returns the number of entries. Later entries wait for the next wake-up: a step
   * costs some twenty statements, so judging each event alone would cost most of a core. The callback receives the
   * total after each piece.
   */
  async verify(told: (total: number) => void = () => undefined): Promise<number> {
    for (let total = 0; ;) {
      const step = await this.nextStep();
      if (step !== null) {
        total += step.judged;
        told(total);
        if (step.changed > 0) await this.jobs.wake('raise');
      }
      if (step?.last === true || this.stopping) return total;
    }
  }

  /** Judges and commits one step; null if it was rolled back and the next must differ. */
  private async nextStep(): Promise<Step | null> {
    const { entries } = this.size;
    const [started, began] = [performance.now(), beginStep()];
    try {
      const events = this.events.within(this.size.budget());
      const step = await this.database.transaction((db) => this.step(db, events, entries, entries));
      this.size.succeeded(performance.now() - started);
      endSteps(began, step.events ?? [], { name: 'judge' });
      return step;
    } catch (error) {
      const took = Math.round(performance.now() - started);
      if (isUnavailable(error) && took < TOO_LONG) throw error;
      const next = this.size.failed(error);
      this.logger.warn({ msg: 'a step of judging was rolled back', entries, milliseconds: took, next, err: error });
      return next === 'set-aside' ? this.database.transaction((db) => this.setAside(db, error)) : null;
    }
  }

  /**
   * Judges the next of the entries that were judged by older rules, in one transaction; returns how many are left. An entry
   * that cannot be judged is set aside as undecided.
   */
  async judgeOlder(size: StepSize): Promise<number> {
    const started = performance.now();
    try {
      const { changed, left } = await this.database.transaction((db) => this.olderStep(db, size));
      size.succeeded(performance.now() - started);
      if (changed > 0) await this.jobs.wake('raise');
      return left;
    } catch (error) {
      if (isUnavailable(error) && performance.now() - started < TOO_LONG) throw error;
      const next = size.failed(error);
      this.logger.warn({ msg: 'a step of judging anew was rolled back', entries: size.entries, next, err: error });
      if (next === 'set-aside') await this.database.transaction((db) => this.setOlderAside(db, error));
      return Infinity;
    }
  }

  private async olderStep(db: Queryable, size: StepSize): Promise<{ changed: number; left: number }> {
    await lockCursor(db);
    const { next, until } = await olderEntries(db);
    const end = Math.min(next + size.entries, until);
    const older = Array.from({ length: end - next }, (_, i) => next + i);
    if (older.length === 0) return { changed: 0, left: 0 };
    const { changed } = await this.step(db, this.events.within(size.budget()), 0, 0, older);
    await judgedOlder(db, end, until);
    return { changed, left: until - end };
  }

  private async setOlderAside(db: Queryable, error: unknown): Promise<void> {
    await lockCursor(db);
    const { next, until } = await olderEntries(db);
    const entry = next < until ? await entryFrom(db, next) : null;
    if (entry !== null) await this.writeAside(db, entry, error);
    await judgedOlder(db, (entry?.index ?? until) + 1, until);
  }

  /**
   * Skips the one entry that cannot be judged: it becomes undecided, a finding notifies the operator, and judging
   * continues.
   */
  private async setAside(db: Queryable, error: unknown): Promise<Step | null> {
    const from = await lockCursor(db);
    this.events.cache.clear();
    const [waiting] = await takeOne(db, this.events, from);
    const entry = await entryFrom(db, waiting ?? from);
    if (entry === null) return null;
    if (waiting === undefined) {
      await this.fileAside(db, entry.index);
      await db.query('UPDATE verification_cursor SET next = $1', [entry.index + 1]);
    }
    const changed = await this.writeAside(db, entry, error);
    return { judged: waiting === undefined ? 1 : 0, again: waiting === undefined ? 0 : 1, changed, last: false };
  }

  private async writeAside(db: Queryable, entry: EntrySetAside, error: unknown): Promise<number> {
    this.logger.error({ msg: 'an entry was set aside: it cannot be judged', index: entry.index, id: entry.id });
    const now = await timeBefore(db, entry.index + 1);
    const parameters = this.parameters.asOf(now);
    const reason = error instanceof Error ? error.message : String(error);
    const basis = { log: this.identity.origin, parameters, now: now ?? this.clock.now() };
    return writeFindings(db, judgedAside(entry, reason), basis);
  }

  /** Files an entry that is set aside as far as possible, because filings affect other entries. */
  private async fileAside(db: Queryable, index: number): Promise<void> {
    const file = async (): Promise<void> => {
      const { entries } = await this.events.from(db, index, 1);
      await fileEntries(db, entries);
      await queueRevisits(db, entries);
      await queueKeyRevisits(db, entries);
    };
    await savepoint(db, file).catch((err: unknown) =>
      this.logger.warn({ msg: 'an entry that was set aside could not be filed', index, err }),
    );
  }

  /**
   * Stops after the current step, because a later process continues at the cursor. Nest calls this before it waits for
   * workers, which happens before `beforeApplicationShutdown` of their dependencies.
   */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /**
   * Judges the next entries, at most `limit`, in the caller's transaction; null if the step was rolled back and the
   * next must be smaller. The audit calls this on its own tables.
   */
  async stepWithin(db: Queryable, size: StepSize, limit: number): Promise<Step | null> {
    const { entries } = size;
    const started = performance.now();
    const events = this.events.within(size.budget());
    try {
      const step = await savepoint(db, () => this.step(db, events, Math.min(limit, entries), entries));
      size.succeeded(performance.now() - started);
      return step;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      return size.failed(error) === 'set-aside' ? this.setAside(db, error) : null;
    }
  }

  /**
   * Judges one step.
   * @param most new entries;
   * @param mostAgain older ones; 1 and 1: one entry in all;
   * @param older entries that are judged instead of these.
   */
  private async step(
    db: Queryable,
    events: ReadEvents,
    most: number,
    mostAgain: number,
    older: readonly number[] = [],
  ): Promise<Step> {
    const from = await lockCursor(db);
    const turn = events.cache.begin();
    try {
      const step = await this.stepFrom(db, events, { from, most, mostAgain, older });
      events.cache.settle();
      return step;
    } catch (error) {
      events.cache.rewind(turn, from);
      throw error;
    }
  }

  private async stepFrom(db: Queryable, events: ReadEvents, piece: StepLimits): Promise<Step> {
    const { from, most, mostAgain, older } = piece;
    await followLog(db, events, from);
    // A step of one entry takes one that waits before a new one.
    const waiting = older.length > 0 ? older : mostAgain > 1 ? null : await takeOne(db, events, from);
    // Before new entries are read: those have then all that was disclosed of them.
    const disclosed = waiting === null ? await takeDisclosed(db, events, from, mostAgain) : [];
    const { entries: fresh, end } =
      waiting !== null && waiting.length > 0 ? { entries: [], end: from } : await events.from(db, from, most);
    const now = await timeBefore(db, end);
    const areNew = await fileEntries(db, fresh);
    await extendCache(db, events, fresh, end);
    await queueRevisits(db, fresh);
    await queueRevisits(db, await this.eventsUpdated(db, events, fresh), end);
    await queueKeyRevisits(db, fresh);
    const again = waiting ?? [...disclosed, ...(await takeAgain(db, now, mostAgain))];
    if (end === from && again.length === 0) return { judged: 0, again: 0, changed: 0, last: true };

    const entries = await this.entriesToJudge(db, events, fresh, again);
    const parameters = this.parameters.asOf(now);
    const facts = await loadFacts(db, events, { entries, end, now }, eventRules, parameters);
    await fileFromChains(db, facts);
    await loadTotals(db, events, facts, parameters);
    await loadSeries(db, events, facts, eventRules, parameters);
    const found = runRules(eventRules, facts, parameters);
    // Where the cursor was put back, entries after it may have findings and deadlines.
    const judgements = areNew ? withoutNew(found, fresh) : found;
    const time = now ?? this.clock.now();
    const basis = { log: this.identity.origin, parameters, now: time };
    const written = await writeFindings(db, judgements, basis);
    const settled = await settleFindings(db, entries, time);
    await setDeadlines(db, judgements, now);
    // The first entries are judged before a start looks whether older ones need other rules.
    if (from === 0) await recordRules(db, rulesFingerprint(this.parameters.sets));
    await db.query('UPDATE verification_cursor SET next = $1', [end]);
    const judged = end - from;
    return {
      judged,
      again: again.length,
      changed: written + settled,
      last: judged < most && again.length === 0,
      events: fresh.map(({ event }) => event.id),
    };
  }

  /**
   * Returns the incidents that new entries name, and the events that they correct; events around them are re-evaluated,
   * whenever they were logged.
   */
  private async eventsUpdated(
    db: Queryable,
    events: ReadEvents,
    fresh: readonly JudgedEvent[],
  ): Promise<JudgedEvent[]> {
    const incidents = fresh.flatMap(({ event }) => (event.type === 'incident.updated' ? [event.payload.incident] : []));
    const updated = await events.byIndex(db, await entriesMended(db, fresh, incidents));
    return [...updated.values()];
  }

  /** Returns new entries, those to re-evaluate, and those that new ones name, in log order. */
  private async entriesToJudge(
    db: Queryable,
    events: ReadEvents,
    fresh: readonly JudgedEvent[],
    again: readonly number[],
  ): Promise<JudgedEvent[]> {
    const spokenOf = await this.eventsBehind(db, events, fresh);
    const mended = await this.chainsMended(db, events, fresh);
    const closed = await entriesOn(db, lotsClosedAsDuplicates(fresh));
    const older = await events.byIndex(db, [...again, ...mended, ...spokenOf, ...closed]);
    // Files an entry under the subjects that its correction adds.
    if (mended.length > 0) await fileAgain(db, events, [...older.values()]);
    await unfileErased(db, events, fresh);
    const all = new Map([...older, ...fresh.map((entry): [number, JudgedEvent] => [entry.index, entry])]);
    return [...all.values()].toSorted((a, b) => a.index - b.index);
  }

  /** Returns the entries that new ones name; for a settled dispute also the disputed event. */
  private async eventsBehind(db: Queryable, reader: ReadEvents, fresh: readonly JudgedEvent[]): Promise<number[]> {
    const found = new Set<number>();
    for (let ids = fresh.flatMap(eventsSpokenOf); ids.length > 0;) {
      const { rows } = await db.query<{ index: number }>('SELECT index FROM entries WHERE id = ANY($1::text[])', [ids]);
      const added = rows.map(({ index }) => index).filter((index) => !found.has(index));
      for (const index of added) found.add(index);
      const entries = await reader.byIndex(db, added);
      ids = [...entries.values()].filter(({ event }) => event.type === 'event.disputed').flatMap(eventsSpokenOf);
    }
    return [...found];
  }

  /**
   * Returns all entries on the chains of lots that a corrected event touched or assayed, because each affects the
   * others' mass.
   */
  private async chainsMended(db: Queryable, reader: ReadEvents, fresh: readonly JudgedEvent[]): Promise<number[]> {
    const events = await reader.byIndex(db, await entriesMended(db, fresh));
    if (events.size === 0) return [];
    const lots = [...events.values()].flatMap(({ event }) =>
      event.type === 'assay.certified' ? [event.payload.lot] : lotsOf(event),
    );
    return entriesDownstream(db, [...new Set(lots)]);
  }
}

/** Takes entries to re-evaluate, at most so many: due ones, and those that new entries affect. */
async function takeAgain(db: Queryable, now: number | null, most: number): Promise<number[]> {
  const due = await takeDue(db, now, most);
  return [...due, ...(await takeRevisits(db, most === 1 ? most - due.length : most))];
}

/**
 * Takes one entry that is to be re-evaluated, or one with a late disclosure, with the other entries of the same chains.
 */
async function takeOne(db: Queryable, events: ReadEvents, from: number): Promise<number[]> {
  const again = await takeAgain(db, await timeBefore(db, from), 1);
  return again.length > 0 ? again : takeDisclosed(db, events, from, 1);
}

/** The newest `log.clock` below an index, ms since 1970 UTC: the time of the log as of there. */
async function timeBefore(db: Queryable, end: number): Promise<number | null> {
  const { rows } = await db.query<{ time: number }>(
    'SELECT time FROM clocks WHERE index < $1 ORDER BY index DESC LIMIT 1',
    [end],
  );
  return rows[0]?.time ?? null;
}
