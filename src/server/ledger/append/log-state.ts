import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { TreeEdge } from '../../../core/log/edge.js';
import { type LedgerView, emptyView } from '../../../core/custody/view.js';
import type { Pipelined, Session } from '../../database/connections.js';
import type { Queryable } from '../../database/rows.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { loadClock, loadLedgerInfo } from '../../registry/registry-rows.js';

/** Entries in a full tile: tile height 8 (C2SP tlog-tiles). */
const TILE_WIDTH = 256;

/**
 * The row `log_state`. `epoch` grows with every commit, so a process that another has overtaken finds its own epoch out
 * of date.
 */
export interface StateRow {
  size: number;
  root: Buffer;
  epoch: number;
}

/** The log's end in memory after the last commit of this process; discarded if a commit's result is unknown. */
export interface LogState {
  size: number;
  root: Uint8Array;
  epoch: number;
  edge: TreeEdge;
  /** Caches the registry between batches; lots are loaded for each batch. */
  view: LedgerView;
}

/**
 * The end of the log in memory between the batches of this process. It is read again if another process has appended
 * meanwhile, or if a commit's result is unknown.
 */
@Injectable()
export class LogEnd {
  private state: LogState | null = null;

  constructor(private readonly identity: LedgerIdentity) {}

  /** The end as this process left it; null: it must be read. Another process may have appended since. */
  get expected(): LogState | null {
    return this.state;
  }

  /** Returns the end that the row `log_state` describes. */
  async at(db: Queryable, row: StateRow): Promise<LogState> {
    const { state } = this;
    if (state !== null && state.epoch === row.epoch && state.size === row.size) return state;
    return loadLogState(db, this.identity.origin, row);
  }

  remember(state: LogState): void {
    this.state = state;
  }

  forget(): void {
    this.state = null;
  }
}

/**
 * Runs `work` in a transaction that holds the right to append: from the answer with the row to its end no other process
 * appends.
 * @param session of `Database.append`.
 */
export function lockingLogState<T>(
  session: Session,
  work: (db: Queryable, row: Promise<StateRow>) => Promise<Pipelined<T>>,
): Promise<T> {
  return session.pipelined<StateRow, T>('SELECT size, root, epoch FROM log_state FOR UPDATE', (db, rows) => {
    const row = rows.then(([only]) => only ?? missingState());
    row.catch(() => undefined);
    return work(db, row);
  });
}

function missingState(): never {
  throw new AditError('log-halted', 'The row that holds the state of the log is missing.');
}

/** Loads the hashes of the last, partial tile of each level, lowest level first. */
async function partialTiles(db: Queryable, size: number): Promise<Uint8Array[][]> {
  const levels: Uint8Array[][] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const start = count - (count % TILE_WIDTH);
    const { rows } =
      level === 0
        ? await db.query<{ hash: Buffer }>(
            'SELECT leaf_hash AS hash FROM entries WHERE index >= $1 AND index < $2 ORDER BY index',
            [start, count],
          )
        : await db.query<{ hash: Buffer }>(
            'SELECT root AS hash FROM tiles WHERE level = $1 AND index >= $2 AND index < $3 ORDER BY index',
            [level - 1, start, count],
          );
    if (rows.length !== count - start)
      throw new AditError('log-halted', `The tree lacks hashes at level ${level} from ${start} to ${count}.`);
    levels.push(rows.map((row) => new Uint8Array(row.hash)));
  }
  return levels;
}

/** Loads the log's end from the database and checks it against the state row. */
export async function loadLogState(db: Queryable, origin: string, row: StateRow): Promise<LogState> {
  const edge = TreeEdge.at(row.size, await partialTiles(db, row.size));
  const root = edge.root();
  if (!timingSafeEqual(root, row.root))
    throw new AditError('log-halted', `The stored tree of ${row.size} entries does not give the stored root.`);
  return { size: row.size, root, epoch: row.epoch, edge, view: await viewOf(db, origin, row.size) };
}

async function viewOf(db: Queryable, origin: string, size: number): Promise<LedgerView> {
  const view = emptyView(origin);
  view.size = size;
  view.clock = await loadClock(db);
  view.opened = await loadLedgerInfo(db);
  return view;
}

/** Loads what an event is judged by, as of the last commit that the transaction of `db` sees, and takes no lock. */
export async function loadEnd(db: Queryable, origin: string): Promise<LedgerView> {
  const { rows } = await db.query<{ size: number }>('SELECT size FROM log_state');
  const [row] = rows;
  return viewOf(db, origin, (row ?? missingState()).size);
}
