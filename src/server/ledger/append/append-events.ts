import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { type LedgerView, type LogKey, nextView } from '../../../core/custody/view.js';
import type { AditEvent } from '../../../core/event/event.js';
import type { TreeEdge } from '../../../core/log/edge.js';
import { leafHash } from '../../../core/log/tree.js';
import { formatTlogProof } from '../../../core/log/proof-file.js';
import type { Session } from '../../database/connections.js';
import { Database } from '../../database/database.js';
import { type Queryable, together } from '../../database/rows.js';
import { type BatchResult, AdmitBatch } from './admit-batch.js';
import type { EventResult } from './event-result.js';
import type { PlainError } from '../intake/check-event.js';
import { Crash } from './crash-points.js';
import { LogEnd, type LogState, type StateRow, lockingLogState } from './log-state.js';
import type { Seal, TreeHead } from './seal.js';
import { sha256 } from '../../../platform/sha256.js';
import type { Submission } from '../intake/submission.js';
import { unavailable } from './unavailable.js';
import { Jobs } from '../../queue/jobs.js';
import { writeBatch } from './write-batch.js';

/** An event that passed all checks before the sequencer: grammar, signature, schema, possession and `seen`. */
export interface Arrival {
  event: AditEvent;
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

  constructor(
    private readonly database: Database,
    private readonly admission: AdmitBatch,
    private readonly end: LogEnd,
    private readonly jobs: Jobs,
    private readonly crash: Crash,
  ) {}

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
      return await this.database.append.session((session) => this.appendWith(session, arrivals));
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

  /** Admits and writes a batch, up to the commit. */
  private async write(db: Queryable, row: StateRow, arrivals: readonly Arrival[]): Promise<Written> {
    const state = await this.end.at(db, row);
    this.crash.reach('after-lock');
    const view = nextView(state.view);
    const before: TreeHead = { size: state.size, root: state.root };
    const result = await this.admission.admit(db, view, arrivals);
    this.crash.reach('after-admission');

    const leaves = result.admitted.map(({ event }) => leafHash(event.jws, sha256));
    const { tiles } = state.edge.append(leaves);
    // Before the commit, because other appends of this process may move the edge afterwards.
    const proofs = provedFor(result, arrivals, state.edge);
    const after: TreeHead = { size: state.edge.size, root: state.edge.root() };
    const keys = view.opened?.logKeys ?? [];
    // The guard is read while the database writes.
    await together([
      writeBatch(db, { before, after, epoch: state.epoch, tiles, leaves, view, result }),
      ...(after.size > before.size ? [this.signer().check(db, before, keys)] : []),
    ]);
    this.crash.reach('after-entries');
    this.crash.reach('before-commit');
    return { state, view, keys, after, result, proofs };
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
const withReceipts = (results: readonly EventResult[], { proofs }: Written, checkpoint: string): EventResult[] =>
  results.map((result, i) => {
    const proof = proofs.get(i);
    if (result.status !== 'accepted' || proof === undefined) return result;
    return { ...result, receipt: formatTlogProof({ index: result.index, proof, checkpoint }) };
  });
