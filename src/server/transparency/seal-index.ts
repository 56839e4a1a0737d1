import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { AppendEvents } from '../ledger/append-events.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { LogEvents } from '../ledger/log-events.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';
import { extendIndex } from './extend-index.js';
import { type IndexState, keepIndex, readIndexState } from './index-rows.js';
import { ShowCheckpoint } from './show-checkpoint.js';

/** Entries taken into the index in one transaction; bounds its memory. */
const PIECE = 5_000;

export interface SealedIndex {
  /** Entries that the index covers. */
  size: number;
  /** Where its `index.sealed` stands. */
  entry: number;
}

/**
 * Seals the index (protocol.md §6): takes what is new in the log into the map, hashes what changed, and says the root in
 * the log. The cost is that of the new entries: each changes a few leaves, and the hashes above them.
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
    private readonly clock: Clock,
    private readonly shown: ShowCheckpoint,
  ) {}

  /**
   * Null as long as the log is empty. Whoever asks while one is under way gets that one. As long as readers are not shown
   * the last, because witnesses do not answer, it stays: only the one before it can still be proved, and no older one.
   */
  seal(): Promise<SealedIndex | null> {
    this.running ??= this.sealOnce().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Whether the last index waits for witnesses to cosign a checkpoint over it. */
  async waits(): Promise<boolean> {
    const { entry } = await readIndexState(this.database.pool);
    return entry !== null && !(await this.shown.covers(entry));
  }

  /** What has been reckoned stays; a long way to the end of the log must not hold up the end of a process. */
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

  /** Takes in the next entries; where the log has only been told of the last index since, there is nothing to seal. */
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
   * Says in the log what was reckoned. The state's row is held meanwhile, so that of two processes none says an older index
   * after a newer one. A service that ends before this is done says it again, which does no harm.
   */
  private async say(db: Queryable): Promise<SealedIndex> {
    const { size, root, entry } = await readIndexState(db, true);
    if (entry !== null) return { size, entry };
    const info = await loadLedgerInfo(db);
    if (info === null) throw new AditError('ledger-not-open', 'The ledger has not been opened.');
    const { event, text } = await this.events.indexSealed(info.serviceKid, this.clock.now(), size, root);
    const [outcome] = await this.append.append([{ event, text, receipt: false }]);
    if (outcome?.status !== 'accepted') throw new AditError('log-halted', 'The sealed index was not admitted.');
    await db.query('UPDATE index_state SET entry = $1', [outcome.index]);
    return { size, entry: outcome.index };
  }
}

/** Whether the newer entries are only the service's own word of the time and of the index. */
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
