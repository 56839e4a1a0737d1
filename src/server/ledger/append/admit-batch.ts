import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock.js';
import { AditError } from '../../../core/errors.js';
import { admit } from '../../../core/custody/admit.js';
import { visibleHeads } from '../../../core/custody/heads.js';
import type { LedgerView } from '../../../core/custody/view.js';
import type { AditEvent, SignedEvent } from '../../../core/event/event.js';
import { disclosedIdentifierRefusal } from '../../../core/event/identifiers.js';
import { leafHash } from '../../../core/log/tree.js';
import { sha256 } from '../../../platform/sha256.js';
import type { Queryable } from '../../database/rows.js';
import type { Arrival } from './append-events.js';
import type { EventResult } from './event-result.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { loadView } from './load-view.js';
import { LogEvents } from './log-events.js';
import type { Submission } from '../intake/submission.js';
import { type WaitingEvent, childrenOf, countWaiting, expiryOf } from '../intake/waiting.js';

/** Age of the log's last clock entry above which a batch gets a new one, ms. */
const CLOCK_INTERVAL = 10_000;

/** Evidence entries that one key may cause in an hour of the log's clock; further ones are not logged. */
const EVIDENCE_PER_HOUR = 60;
const HOUR = 3_600_000;

/** Events of one key that may wait for their parents. */
const WAITING_PER_KEY = 10_000;

/** An event admitted to the log at `index`. */
export interface AdmittedEvent {
  event: SignedEvent;
  text: string;
  index: number;
}

/** A refusal that is stored; `evidenceIndex` is the index of its `event.refused`, null above the rate. */
export interface RefusedEvent {
  event: SignedEvent;
  code: string;
  at: number;
  evidenceIndex: number | null;
}

/** The changes of one batch. */
export interface BatchResult {
  results: EventResult[];
  admitted: AdmittedEvent[];
  waiting: Map<string, WaitingEvent>;
  /** Ids of stored waiting events that were admitted or refused now; those that still wait are in `waiting` too. */
  released: string[];
  refused: RefusedEvent[];
  /** Events that are in the log already; they may bring further disclosures. */
  repeats: readonly { event: SignedEvent; text: string }[];
}

/** Admits a batch in order by `core/custody`, after loading what its events, their parents and their children need. */
@Injectable()
export class AdmitBatch {
  constructor(
    private readonly identity: LedgerIdentity,
    private readonly logEvents: LogEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * Admits a batch. The service's time counts only once it is in the log.
   * @param options.evidence false: refused attempts are not signed for, because nothing of the batch is recorded.
   */
  async admit(
    db: Queryable,
    view: LedgerView,
    arrivals: readonly Arrival[],
    options: { evidence?: boolean } = {},
  ): Promise<BatchResult> {
    return this.judge(db, view, arrivals, await this.load(db, view, arrivals), options);
  }

  /** Loads into the view what a batch needs: sends its statements before its first wait. */
  async load(db: Queryable, view: LedgerView, arrivals: readonly Arrival[]): Promise<AlreadyThere> {
    const events = arrivals.map(({ event }) => event);
    const found = whatIsThere(
      db,
      events.map(({ id }) => id),
    );
    await loadView(
      db,
      view,
      events,
      found.then(({ logged }) => logged),
    );
    return found;
  }

  /** Admits a batch whose needs are loaded. */
  async judge(
    db: Queryable,
    view: LedgerView,
    arrivals: readonly Arrival[],
    { logged, someWait }: AlreadyThere,
    { evidence = true }: { evidence?: boolean } = {},
  ): Promise<BatchResult> {
    const submissions = new Set(arrivals.flatMap(({ submission }) => submission ?? []));
    const run = new BatchRun(db, view, {
      identity: this.identity,
      logEvents: this.logEvents,
      now: this.clock.now(),
      someWait,
      submissions,
      keepsEvidence: evidence,
    });
    const fresh = arrivals.filter(({ event }) => !logged.has(event.id));
    // A batch of duplicates changes nothing; an empty batch only appends the time.
    if (fresh.length > 0 || arrivals.length === 0) {
      await run.tellTime();
      for (const arrival of fresh) await run.judge(arrival);
      await run.settleWaiting();
    }
    const texts = await textsOfResigned(db, arrivals, logged);
    const results = arrivals.map(({ event }): EventResult => {
      const stored = logged.get(event.id);
      return stored === undefined ? run.resultOf(event.id) : (unshowable(event) ?? duplicateOf(event, stored, texts));
    });
    return { ...run.changes, repeats: repeatsOf(arrivals, logged), results: repeatsAsDuplicates(results) };
  }
}

/** Returns the arrivals that are in the log or earlier in the batch; their disclosures may be new. */
function repeatsOf(arrivals: readonly Arrival[], logged: ReadonlyMap<string, StoredMatch>): Arrival[] {
  const met = new Set(logged.keys());
  return arrivals.filter(
    ({ event }) => met.size === met.add(event.id).size && disclosedIdentifierRefusal(event) === null,
  );
}

/** Refuses the disclosures of an event that is in the log where one discloses no identifier; null: nothing is wrong. */
function unshowable(event: AditEvent): EventResult | null {
  const error = disclosedIdentifierRefusal(event);
  return error === null ? null : { status: 'refused', id: event.id, error, heads: {} };
}

/** Deduplicates a batch: the second of two equal events is a duplicate. */
function repeatsAsDuplicates(results: EventResult[]): EventResult[] {
  const seen = new Set<string>();
  return results.map((result) => {
    if (result.status !== 'accepted') return result;
    if (seen.has(result.id)) return { status: 'duplicate', id: result.id, index: result.index };
    seen.add(result.id);
    return result;
  });
}

/** Index of an entry, and the hash of its logged text. */
interface StoredMatch {
  index: number;
  leaf: Buffer;
}

const isLoggedAs = ({ jws }: SignedEvent, { leaf }: StoredMatch): boolean => leaf.equals(leafHash(jws, sha256));

/**
 * Answers an event that is in the log. If the signature differs, the answer contains the logged text, which the receipt
 * proves.
 */
function duplicateOf(
  { id, jws }: SignedEvent,
  { index }: StoredMatch,
  texts: ReadonlyMap<string, string>,
): EventResult {
  const text = texts.get(id) ?? jws;
  return { status: 'duplicate', id, index, ...(text === jws ? {} : { event: `${text}~` }) };
}

/** Which events of a batch are in the log, and whether any event waits for its parent (usually none). */
export interface AlreadyThere {
  logged: ReadonlyMap<string, StoredMatch>;
  someWait: boolean;
}

async function whatIsThere(db: Queryable, ids: string[]): Promise<AlreadyThere> {
  const { rows } = await db.query<{ id: string | null; index: number; leaf: Buffer }>(
    `SELECT id, index, leaf_hash AS leaf FROM entries WHERE id = ANY($1::text[])
     UNION ALL SELECT NULL, -1, '' WHERE EXISTS (SELECT FROM waiting_for)`,
    [ids],
  );
  const logged = new Map<string, StoredMatch>();
  for (const { id, index, leaf } of rows) if (id !== null) logged.set(id, { index, leaf });
  return { logged, someWait: rows.some(({ id }) => id === null) };
}

/** Reads the logged texts, by id, of repeats with another signature (usually none). */
async function textsOfResigned(
  db: Queryable,
  arrivals: readonly Arrival[],
  logged: ReadonlyMap<string, StoredMatch>,
): Promise<Map<string, string>> {
  const resigned = arrivals.flatMap(({ event }) => {
    const stored = logged.get(event.id);
    return stored === undefined || isLoggedAs(event, stored) ? [] : [event.id];
  });
  if (resigned.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; jws: string }>(
    'SELECT id, jws FROM entries WHERE id = ANY($1::text[])',
    [resigned],
  );
  return new Map(rows.map(({ id, jws }) => [id, jws]));
}

/** Waiting events are not in the log. */
const noneLogged: Promise<ReadonlyMap<string, StoredMatch>> = Promise.resolve(new Map());

/** What one batch is admitted by, besides the view. */
interface BatchTerms {
  identity: LedgerIdentity;
  logEvents: LogEvents;
  /** The service's time, ms since 1970 UTC. */
  now: number;
  /** Whether events of earlier batches wait. */
  someWait: boolean;
  submissions: ReadonlySet<Submission>;
  /** Whether evidence of refusals is written to the log. */
  keepsEvidence: boolean;
}

class BatchRun {
  readonly changes: Omit<BatchResult, 'results' | 'repeats'> = {
    admitted: [],
    waiting: new Map(),
    released: [],
    refused: [],
  };
  private readonly results = new Map<string, EventResult>();
  /** Ids of events that began to wait in this batch, by the missing parent. */
  private readonly waitingFor = new Map<string, string[]>();
  private unsettled: string[] = [];

  constructor(
    private readonly db: Queryable,
    private readonly view: LedgerView,
    private readonly given: BatchTerms,
  ) {}

  resultOf(id: string): EventResult {
    const result = this.results.get(id);
    if (result === undefined) throw new Error(`No result for event ${id}.`);
    return result;
  }

  /**
   * Appends `log.clock` if the last one is too old; the log's clock never moves backwards, even if the machine's does.
   */
  async tellTime(): Promise<void> {
    const { opened, clock } = this.view;
    if (opened === null || (clock !== null && this.given.now < clock + CLOCK_INTERVAL)) return;
    await this.judge(await this.given.logEvents.clock(opened.serviceKid, Math.max(this.given.now, clock ?? 0)));
  }

  async judge({ event, text, submission, identifierError = null }: Omit<Arrival, 'receipt'>): Promise<void> {
    const known = this.results.get(event.id);
    // An event refused with its parent in one request may be accepted in another that did not bring that parent.
    if (known !== undefined && !(known.status === 'refused' && known.error.code === 'parent-refused')) {
      if (known.status === 'refused') submission?.refuse(event.id);
      if (known.status === 'waiting') submission?.wait(event.id, known.missing, true);
      return;
    }
    this.view.refused = submission?.refused ?? new Set();
    const index = this.view.size;
    // Only new submissions are checked here; waiting events and the service's own need admission alone.
    if (submission !== undefined && identifierError !== null) {
      submission.refuse(event.id);
      const { code, detail, errors } = identifierError;
      await this.refuse(event, new AditError(code, detail, errors), false);
      return;
    }
    const admission = admit(event, this.view, this.given.identity);
    if (admission.outcome === 'admitted') {
      this.changes.admitted.push({ event, text, index });
      this.results.set(event.id, { status: 'accepted', id: event.id, index, receipt: null });
      this.changes.waiting.delete(event.id);
      this.unsettled.push(event.id);
      if (event.type === 'ledger.opened') await this.tellTime();
    } else if (admission.outcome === 'waiting') {
      await this.wait(event, text, admission.missing, submission);
    } else {
      // A waiting event is refused for every request that brought it.
      const touched = submission === undefined ? this.given.submissions : [submission];
      for (const each of touched) if (each === submission || each.hasWaiting(event.id)) each.refuse(event.id);
      await this.refuse(event, admission.error, admission.evidence);
    }
  }

  /** Admits events that waited for one that was admitted now, until none is left. */
  async settleWaiting(): Promise<void> {
    while (this.unsettled.length > 0) {
      const parents = this.unsettled;
      this.unsettled = [];
      const children = new Map<string, WaitingEvent>();
      for (const parent of parents)
        for (const child of this.waitingFor.get(parent) ?? []) {
          const waiting = this.changes.waiting.get(child);
          if (waiting !== undefined) children.set(child, waiting);
        }
      const stored = this.given.someWait ? await childrenOf(this.db, parents, this.given.identity.origin) : [];
      for (const child of stored) {
        this.changes.released.push(child.event.id);
        if (this.results.get(child.event.id)?.status !== 'accepted') children.set(child.event.id, child);
      }
      if (children.size === 0) continue;
      const events = [...children.values()];
      await loadView(
        this.db,
        this.view,
        events.map(({ event }) => event),
        noneLogged,
      );
      for (const { event, text } of events) {
        this.results.delete(event.id);
        await this.judge({ event, text });
      }
    }
  }

  private async wait(event: SignedEvent, text: string, missing: string[], submission?: Submission): Promise<void> {
    const { count, known } = await countWaiting(this.db, event.kid, event.id);
    if (count + this.changes.waiting.size >= WAITING_PER_KEY) {
      const error = new AditError('overloaded', `More than ${WAITING_PER_KEY} events of this key wait for a parent.`);
      this.results.set(event.id, { status: 'refused', id: event.id, error, heads: {} });
      return;
    }
    this.changes.waiting.set(event.id, { event, text, missing });
    for (const parent of missing) this.waitingFor.set(parent, [...(this.waitingFor.get(parent) ?? []), event.id]);
    const expiresAt = expiryOf(this.view.clock ?? 0);
    this.results.set(event.id, { status: 'waiting', id: event.id, missing, expiresAt });
    submission?.wait(event.id, missing, known);
  }

  private async refuse(event: SignedEvent, error: AditError, evidence: boolean): Promise<void> {
    this.changes.waiting.delete(event.id);
    const heads = visibleHeads(event, this.view);
    this.results.set(event.id, { status: 'refused', id: event.id, error, heads });
    if (evidence && this.given.keepsEvidence) await this.keepEvidence(event, error);
  }

  private async keepEvidence(event: SignedEvent, error: AditError): Promise<void> {
    const { opened } = this.view;
    if (opened === null) return;
    const at = this.view.clock ?? this.given.now;
    const { rows } = await this.db.query<{ known: boolean; recent: number }>(
      `SELECT EXISTS (SELECT FROM refusals WHERE id = $1) AS known,
              (SELECT count(*) FROM refusals WHERE kid = $2 AND at > $3 AND evidence_index IS NOT NULL) AS recent`,
      [event.id, event.kid, at - HOUR],
    );
    const earlier = this.changes.refused.filter((refused) => refused.event.kid === event.kid).length;
    if (rows[0]?.known === true) return;
    if ((rows[0]?.recent ?? 0) + earlier >= EVIDENCE_PER_HOUR) {
      this.changes.refused.push({ event, code: error.code, at, evidenceIndex: null });
      return;
    }
    const evidence = await this.given.logEvents.refused(opened.serviceKid, Math.max(this.given.now, at), event, error);
    await loadView(this.db, this.view, [evidence.event]);
    this.changes.refused.push({ event, code: error.code, at, evidenceIndex: this.view.size });
    await this.judge(evidence);
  }
}
