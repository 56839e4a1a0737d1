import { AditError } from '../../../core/errors.js';
import { type ReadmissionFault, isKeyInForce, readmit, signatureFault } from '../../../core/custody/readmit.js';
import { type LedgerView, emptyView, nextView } from '../../../core/custody/view.js';
import { parseEnvelope } from '../../../core/event/envelope.js';
import type { AditEvent } from '../../../core/event/event.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import { references } from '../../../core/event/references.js';
import { leafHash } from '../../../core/log/tree.js';
import type { Session } from '../../database/connections.js';
import type { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { registryTables } from '../../registry/registry-rows.js';
import type { AdmittedEvent } from '../append/admit-batch.js';
import type { CheckThreads } from '../intake/check-threads.js';
import type { LedgerIdentity } from '../ledger-identity.js';
import { loadView } from '../append/load-view.js';
import { readText } from '../read/reread-event.js';
import { lotTables } from '../append/lot-rows.js';
import { type Difference, compareTables } from './compare-projections.js';
import { type Piece, ReadAhead, type CheckedEvent } from './read-ahead.js';
import { type StoredEntry, entriesBetween } from '../read/read-log.js';
import { sha256 } from '../../../platform/sha256.js';
import { verifySignature } from '../../../platform/verify-signature.js';
import { writeProjections } from '../append/write-batch.js';

/** Entries that are re-admitted together; limits the memory of a replay. */
const CHUNK = 500;
/** Problems reported at most; the first ones matter most. */
const PROBLEM_LIMIT = 100;

/** An entry that the ledger's rules forbid. */
export interface EntryProblem {
  index: number;
  kind: 'missing' | 'unreadable' | 'altered' | 'signature' | 'refused';
  code: string | null;
  lots: string[];
  detail: string;
}

export interface Replay {
  size: number;
  entries: EntryProblem[];
  differences: Difference[];
  /** Whether more problems were found than are listed. */
  truncated: boolean;
}

/** Called between pieces of a long reading; may wait to let other work run first, or throw to stop the reading. */
export type Pace = (done: number, size: number) => Promise<void>;

/** Called between pieces of work in a transaction; may wait briefly, or throw to stop the work. */
export type Rest = () => Promise<void>;

export interface ReplayOptions {
  pace?: Pace;
  /** Called between pieces of the comparison, and between steps of the follower if one chunk takes several. */
  rest?: Rest;
  follower?: ReplayFollower;
  /** Check signatures beside the replay; absent: it verifies each itself. */
  threads?: CheckThreads;
}

/** Rebuilds further tables beside the projections, in the session and the transactions of the replay. */
export interface ReplayFollower {
  /** Creates temporary tables; those of the projections exist already. */
  begin(db: Queryable): Promise<void>;
  /**
   * Follows the replay, whose projections cover the entries before `to`.
   * @param rest is called between steps.
   */
  follow(db: Queryable, to: number, rest?: Rest): Promise<void>;
  /**
   * Compares the rebuilt tables with the stored ones, in one snapshot of both.
   * @param rest is called between pieces.
   */
  compare(db: Queryable, rest?: Rest): Promise<{ differences: Difference[]; truncated: boolean }>;
}

const projectionTables = [...registryTables, ...lotTables, 'subject_entries', 'erasures'] as const;

/**
 * Replays the log: reads and admits every stored entry again, and rebuilds the projections in temporary tables that
 * shadow the real ones, by the code of the sequencer; then compares the two, row by row, in one snapshot. Entries never
 * change, so only the last piece needs the snapshot, which is short. Appends continue meanwhile. Memory is limited by
 * the chunk; time grows with the log.
 */
export async function replayLog(
  database: Database,
  identity: LedgerIdentity,
  options: ReplayOptions = {},
): Promise<Replay> {
  // The session is closed with its temporary tables.
  const ahead = new ReadAhead(database, options.threads ?? null);
  return database.session(
    (session) => replayWithin(session, ahead, new ReplayRun(session, identity, options), options),
    {
      isClosed: true,
    },
  );
}

async function replayWithin(
  session: Session,
  ahead: ReadAhead,
  run: ReplayRun,
  { follower, pace, rest }: ReplayOptions,
): Promise<Replay> {
  await shadowTables(session);
  await follower?.begin(session);
  const near = await replayUntilNear(session, ahead, run, pace);
  return session.snapshot(async (db) => {
    const size = await sizeOf(db);
    for (let done = near; done < size; done += CHUNK) {
      const to = Math.min(done + CHUNK, size);
      await run.chunk(done, to, { stored: await entriesBetween(db, done, to), good: new Map() });
    }
    await pace?.(size, size);
    const { differences, truncated } = await compareRebuilt(db, { follower, rest });
    return { size, entries: run.problems, differences, truncated: truncated || run.problems.length >= PROBLEM_LIMIT };
  });
}

/** Compares the stored tables with those that a replay has rebuilt in this session. Call it in a transaction. */
export async function compareRebuilt(
  db: Queryable,
  { follower, rest }: Pick<ReplayOptions, 'follower' | 'rest'>,
): Promise<Pick<Replay, 'differences' | 'truncated'>> {
  const projections = await compareTables(db, projectionTables, { rest });
  const followed = await follower?.compare(db, rest);
  return {
    differences: [...projections.differences, ...(followed?.differences ?? [])],
    truncated: projections.truncated || followed?.truncated === true,
  };
}

/**
 * Replays the log to within a piece of its end; returns how far. Entries appended meanwhile are replayed at the same
 * pace while each round is shorter than the one before, because a snapshot allows no pauses and would delay appends.
 */
async function replayUntilNear(session: Session, ahead: ReadAhead, run: ReplayRun, pace?: Pace): Promise<number> {
  let done = 0;
  for (let left = Infinity; ;) {
    const size = await sizeOf(session);
    if (size - done <= CHUNK || size - done >= left) return done;
    left = size - done;
    for (; size - done > CHUNK; done += CHUNK) {
      const from = done;
      const piece = await ahead.piece(from, CHUNK, size);
      await session.transaction(() => run.chunk(from, from + CHUNK, piece));
      await pace?.(done + CHUNK, size);
    }
  }
}

/**
 * Returns the size from the log's state, but at most a piece beyond the last entry: a superuser of the database may
 * have written any number.
 */
async function sizeOf(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ size: number }>(
    `SELECT LEAST(size, (SELECT COALESCE(max(index) + 1, 0) + ${CHUNK} FROM entries)) AS size FROM log_state`,
  );
  return rows[0]?.size ?? 0;
}

/**
 * Creates temporary tables, which come first on the search path, so that the code of the projections uses them
 * unchanged.
 */
async function shadowTables(db: Queryable): Promise<void> {
  for (const table of projectionTables)
    await db.query(
      `CREATE TEMPORARY TABLE ${table} (LIKE public.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)`,
    );
}

/** A parsed entry, before it is admitted again, with the key that is known to have signed it. */
interface ReadEntry extends AdmittedEvent {
  signedBy: PublicJwk | null;
}

class ReplayRun {
  readonly problems: EntryProblem[] = [];
  private view: LedgerView;

  constructor(
    private readonly db: Queryable,
    private readonly identity: LedgerIdentity,
    private readonly options: Pick<ReplayOptions, 'follower' | 'rest'>,
  ) {
    this.view = emptyView(identity.origin);
  }

  /** Re-admits entries [from, to); records a problem and continues with the next entry. */
  async chunk(from: number, to: number, piece: Piece): Promise<void> {
    const view = nextView(this.view);
    view.size = from;
    const readable = this.read(from, to, piece);
    await loadView(
      this.db,
      view,
      readable.map(({ event }) => event),
    );
    const admitted: AdmittedEvent[] = [];
    for (const entry of readable) {
      if (await this.admitAgain(view, entry)) admitted.push(entry);
    }
    view.size = to;
    await writeProjections(this.db, view, admitted);
    this.view = view;
    await this.options.follower?.follow(this.db, to, this.options.rest);
  }

  private read(from: number, to: number, { stored, good }: Piece): ReadEntry[] {
    const byIndex = new Map(stored.map((entry) => [entry.index, entry]));
    const readable: ReadEntry[] = [];
    for (let index = from; index < to; index += 1) {
      const entry = byIndex.get(index);
      if (entry === undefined) {
        this.note({ index, kind: 'missing', code: null, lots: [], detail: `Entry ${index} is missing.` });
        continue;
      }
      const read = this.readEntry(entry, good.get(index));
      if (read !== null) readable.push(read);
    }
    return readable;
  }

  /** Returns the event of an entry; records the problem and returns null if it cannot be parsed. */
  private readEntry(entry: StoredEntry, good: CheckedEvent | undefined): ReadEntry | null {
    const { index } = entry;
    try {
      const text = `${entry.jws}~`;
      const event = good?.event ?? readText(text, this.identity.origin);
      if (event.id !== entry.id)
        this.alter(event, index, `Entry ${index} is stored as ${entry.id} but its text is event ${event.id}.`);
      if (!entry.leafHash.equals(leafHash(entry.jws, sha256)))
        this.alter(event, index, `The leaf hash of entry ${index} is not that of its text.`);
      return { event, text, index, signedBy: good?.jwk ?? null };
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      this.note({ index, kind: 'unreadable', code: error.code, lots: [], detail: `Entry ${index}: ${error.detail}` });
      return null;
    }
  }

  private alter(event: AditEvent, index: number, detail: string): void {
    this.note({ index, kind: 'altered', code: null, lots: lotsOf(event), detail });
  }

  private async admitAgain(view: LedgerView, entry: ReadEntry): Promise<boolean> {
    const { event, index } = entry;
    const fault = (await this.signatureFault(view, entry)) ?? readmit(event, index, view);
    if (fault === null) return true;
    const { code, detail } = fault;
    const lots = lotsOf(event);
    if (fault.kind === 'key' || fault.kind === 'signature')
      this.note({ index, kind: 'signature', code, lots, detail: `The signature of entry ${index} does not verify.` });
    else if (fault.kind === 'possession')
      this.note({ index, kind: 'refused', code, lots, detail: `Entry ${index}: ${detail}` });
    else this.note({ index, kind: 'refused', code, lots, detail: `Entry ${index} ${detail}` });
    return false;
  }

  private async signatureFault(
    view: LedgerView,
    { event, text, signedBy }: ReadEntry,
  ): Promise<ReadmissionFault | null> {
    if (signedBy !== null && isKeyInForce(event, view, signedBy)) return null;
    return signatureFault(event, parseEnvelope(text, sha256), view, verifySignature);
  }

  private note(problem: EntryProblem): void {
    if (this.problems.length < PROBLEM_LIMIT) this.problems.push(problem);
  }
}

/** Returns the lots that an event touches or creates. */
function lotsOf(event: AditEvent): string[] {
  const refs = references(event);
  return [...new Set([...refs.lots.map(({ lot }) => lot), ...refs.outputs])];
}
