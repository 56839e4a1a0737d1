import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { AppendEvents } from '../ledger/append/append-events.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { LogEvents } from '../ledger/append/log-events.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';
import { extendIndex } from './extend-index.js';
import { type IndexState, keepIndex, readIndexState } from './index-rows.js';
import { ShowCheckpoint } from './show-checkpoint.js';

/** Entries added to the index in one transaction at most; limits its memory. */
const PIECE = 5_000;

export interface SealedIndex {
  /** Number of entries that the index covers. */
  size: number;
  /** Log index of its `index.sealed` entry. */
  entry: number;
}

/**
 * Seals the index (protocol.md §6): adds new entries, rehashes the changed subtrees, and appends the root to the log.
 * The cost is proportional to the new entries: each changes a few leaves and the hashes above them.
 */
@Injectable()
export class SealIndex implements OnModuleDestroy {
  private running: Promise<SealedIndex | null> | null = null;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly events: LogEvents,
    private readonly append: AppendEvents,
    private readonly shown: ShowCheckpoint,
  ) {}

  /**
   * Seals the index; concurrent calls share one run. Returns null while the log is empty. While the last index waits
   * for cosignatures no newer one is sealed, because only the last two can be proved.
   */
  seal(): Promise<SealedIndex | null> {
    this.running ??= this.sealOnce().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Whether the last index waits for witnesses to cosign a checkpoint that covers it. */
  async waits(): Promise<boolean> {
    const { entry } = await readIndexState(this.database);
    return entry !== null && !(await this.shown.covers(entry));
  }

  /** Stops between transactions; finished work stays, so a long backlog does not delay the stop. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  private async sealOnce(): Promise<SealedIndex | null> {
    for (;;) {
      if (this.stopping)
        throw new AditError('overloaded', 'The service stops, and seals the index after its next start.');
      const { state, more } = await this.database.transaction((db) => this.step(db));
      if (more) continue;
      if (state.size === 0) return null;
      return this.database.transaction((db) => this.say(db));
    }
  }

  /**
   * Adds the next entries. If the log grew since the last index only by the service's own entries, there is nothing to
   * seal.
   */
  private async step(db: Queryable): Promise<{ state: IndexState; more: boolean }> {
    const state = await readIndexState(db, true);
    const { rows } = await db.query<{ size: number }>('SELECT size FROM log_state');
    const size = rows[0]?.size ?? 0;
    if (size <= state.size || (await this.stays(db, state, size))) return { state, more: false };
    const { entry } = state;
    const kept = entry === null ? state : await keepIndex(db, { ...state, entry });
    const to = Math.min(size, state.size + PIECE);
    const next = await extendIndex(db, this.identity.origin, kept, to);
    return { state: next, more: to < size };
  }

  private async stays(db: Queryable, { entry, size }: IndexState, to: number): Promise<boolean> {
    if (entry === null) return false;
    return (await saysNothingNew(db, size, to)) || !(await this.shown.covers(entry, db));
  }

  /**
   * Appends the computed root to the log. The lock on the state's row prevents an older root after a newer one from
   * another process. A service that stops before the end appends the root again, which is harmless.
   */
  private async say(db: Queryable): Promise<SealedIndex> {
    const { size, root, entry } = await readIndexState(db, true);
    if (entry !== null) return { size, entry };
    const info = await loadLedgerInfo(db);
    if (info === null) throw new AditError('ledger-not-open', 'The ledger has not been opened.');
    const { event, text } = await this.events.indexSealed(info.serviceKid, size, root);
    const [outcome] = await this.append.append([{ event, text, receipt: false }]);
    if (outcome?.status !== 'accepted') throw new AditError('log-halted', 'The sealed index was not admitted.');
    await db.query('UPDATE index_state SET entry = $1', [outcome.index]);
    return { size, entry: outcome.index };
  }
}

/** Whether the newer entries are only the service's own entries of time and index. */
async function saysNothingNew(db: Queryable, from: number, to: number): Promise<boolean> {
  if (to - from > 2) return false;
  const { rows } = await db.query<{ known: boolean }>(
    `SELECT count(*) = $2::bigint - $1::bigint AS known FROM entries
      WHERE index >= $1 AND index < $2
        AND (index IN (SELECT entry FROM index_state) OR index IN (SELECT index FROM clocks))`,
    [from, to],
  );
  return rows[0]?.known ?? false;
}
