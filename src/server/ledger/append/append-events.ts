import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { type LedgerView, type LogKey, nextView } from '../../../core/custody/view.js';
import type { SignedEvent } from '../../../core/event/event.js';
import type { TreeEdge } from '../../../core/log/edge.js';
import { leafHash } from '../../../core/log/tree.js';
import { proofFormatter } from '../../../core/log/proof-file.js';
import { KeptSession, type Pipelined, type Session } from '../../database/connections.js';
import { Database } from '../../database/database.js';
import { type Queryable, together } from '../../database/rows.js';
import { type AlreadyThere, type BatchResult, AdmitBatch } from './admit-batch.js';
import type { EventResult } from './event-result.js';
import type { PlainError } from '../intake/check-event.js';
import { Crash } from './crash-points.js';
import { LogEnd, type LogState, type StateRow, lockingLogState } from './log-state.js';
import type { Seal, TreeHead } from './seal.js';
import { sha256 } from '../../../platform/sha256.js';
import type { Submission } from '../intake/submission.js';
import { unavailable } from './unavailable.js';
import { Jobs } from '../../queue/jobs.js';
import { type Batch, isWrittenAtOnce, writeBatch } from './write-batch.js';

/** An event that passed all checks before the sequencer: grammar, signature, schema, possession and `seen`. */
export interface Arrival {
  event: SignedEvent;
  /** The whole envelope as sent, with disclosures. */
  text: string;
  /** Whether the sender requested a receipt in the answer. */
  receipt: boolean;
  /** The request of the event; a single event has none. */
  submission?: Submission;
  /** An invalid identifier in it; it applies to new events only. */
  identifierError?: PlainError | null;
}

/**
 * Appends batches, one transaction each. The process that holds the row `log_state` is the sequencer.
 */
@Injectable()
export class AppendEvents {
  private seal: Seal | null = null;
  /** Ends when the last append that was asked for has. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly connection: KeptSession;

  constructor(
    database: Database,
    private readonly admission: AdmitBatch,
    private readonly end: LogEnd,
    private readonly jobs: Jobs,
    private readonly crash: Crash,
  ) {
    this.connection = new KeptSession(database.append);
  }

  /** Sets the signer of checkpoints once, when it has started. */
  sealWith(seal: Seal): void {
    this.seal = seal;
  }

  /** Signs committed entries without a signed checkpoint, and nothing else. Throws `log-halted` if it must not. */
  sealPending(): Promise<void> {
    return this.signer().sealPending();
  }

  /** Returns the newest checkpoint over an entry that the witnesses cosigned, else the newest signed one, if any. */
  newestCheckpointOver(index: number): Promise<{ size: number; note: string } | undefined> {
    return this.signer().newestOver(index);
  }

  /**
   * Appends a batch; returns one result for each arrival, in order. Rejects if it is unknown whether the batch was
   * stored.
   */
  append(arrivals: readonly Arrival[]): Promise<EventResult[]> {
    // Appends of one process run one after the other, so that those which wait need no connection.
    const appended = this.turn.then(() => this.appendNow(arrivals));
    this.turn = appended.catch(() => undefined);
    return appended;
  }

  private async appendNow(arrivals: readonly Arrival[]): Promise<EventResult[]> {
    this.crash.reach('before-begin');
    try {
      return await this.connection.use((session) => this.appendWith(session, arrivals));
    } catch (error) {
      this.end.forget();
      return unavailable(error);
    }
  }

  private async appendWith(session: Session, arrivals: readonly Arrival[]): Promise<EventResult[]> {
    const written = await lockingLogState(session, (db, row) => this.write(db, row, arrivals));
    const { state, view, keys, after, result } = written;
    this.crash.reach('after-commit');

    if (after.size === state.size) {
      this.end.remember({ ...state, view });
      if (result.repeats.some(({ event }) => event.disclosures.length > 0)) void this.jobs.wake('verify');
      return result.results;
    }
    this.end.remember({ ...after, epoch: state.epoch + 1, edge: state.edge, view });
    const note = await this.signer().seal(session, after, keys);
    void this.jobs.wake('verify');
    const results = withReceipts(result.results, written, note);
    this.crash.reach('before-reply');
    return results;
  }

  /** Admits a batch, and returns what to send with the commit. */
  private async write(
    db: Queryable,
    locked: Promise<StateRow>,
    arrivals: readonly Arrival[],
  ): Promise<Pipelined<Written>> {
    const { state, view, there } = await this.load(db, locked, arrivals);
    this.crash.reach('after-lock');
    const before: TreeHead = { size: state.size, root: state.root };
    const result = await this.admission.judge(db, view, arrivals, there);
    this.crash.reach('after-admission');

    const leaves = result.admitted.map(({ event }) => leafHash(event.jws, sha256));
    const { tiles } = state.edge.append(leaves);
    // Before the commit, because other appends of this process may move the edge afterwards.
    const proofs = provedFor(result, arrivals, state.edge);
    const after: TreeHead = { size: state.edge.size, root: state.edge.root() };
    const keys = view.opened?.logKeys ?? [];
    if (after.size > before.size) await this.signer().check(db, before, keys);
    const last = await this.lastStatements(db, { before, after, epoch: state.epoch, tiles, leaves, view, result });
    return { value: { state, view, keys, after, result, proofs }, last };
  }

  /**
   * Loads what a batch needs while the lock is awaited, by the end of the log as this process left it; again if another
   * process has appended since.
   */
  private async load(
    db: Queryable,
    locked: Promise<StateRow>,
    arrivals: readonly Arrival[],
  ): Promise<{ state: LogState; view: LedgerView; there: AlreadyThere }> {
    const { expected } = this.end;
    if (expected !== null) {
      const view = nextView(expected.view);
      const loading = this.admission.load(db, view, arrivals);
      await together([locked, loading]);
      if ((await this.end.at(db, await locked)) === expected) return { state: expected, view, there: await loading };
    }
    const state = await this.end.at(db, await locked);
    const view = nextView(state.view);
    return { state, view, there: await this.admission.load(db, view, arrivals) };
  }

  /** Writes a batch up to the statements that can be sent with the commit, and returns those. */
  private async lastStatements(db: Queryable, batch: Batch): Promise<() => Promise<void>> {
    const write = (): Promise<void> => {
      const written = writeBatch(db, batch);
      // A simulated crash leaves it without a reader.
      written.catch(() => undefined);
      this.crash.reach('after-entries');
      this.crash.reach('before-commit');
      return written;
    };
    if (isWrittenAtOnce(batch)) return write;
    await write();
    return () => Promise.resolve();
  }

  private signer(): Seal {
    if (this.seal === null) throw new AditError('log-halted', 'The log has nobody to sign it yet.');
    return this.seal;
  }
}

/** A batch that is written and not yet committed. */
interface Written {
  /** The end of the log before the batch. */
  state: LogState;
  view: LedgerView;
  keys: readonly LogKey[];
  after: TreeHead;
  result: BatchResult;
  proofs: ReadonlyMap<number, Uint8Array[]>;
}

/** Returns the requested receipts' proofs, by the number of the arrival: of each entry in the tree at `edge`. */
function provedFor({ results }: BatchResult, arrivals: readonly Arrival[], edge: TreeEdge): Map<number, Uint8Array[]> {
  const proofs = new Map<number, Uint8Array[]>();
  for (const [i, result] of results.entries())
    if (result.status === 'accepted' && arrivals[i]?.receipt === true) proofs.set(i, edge.proveAppended(result.index));
  return proofs;
}

/** Returns the results with the receipts that were requested. */
function withReceipts(results: readonly EventResult[], { proofs }: Written, checkpoint: string): EventResult[] {
  const format = proofFormatter(checkpoint);
  return results.map((result, i) => {
    const proof = proofs.get(i);
    if (result.status !== 'accepted' || proof === undefined) return result;
    return { ...result, receipt: format({ index: result.index, proof }) };
  });
}
