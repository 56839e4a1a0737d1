import { AditError } from '../../core/errors.js';
import type { Queryable } from '../database/rows.js';
import { type Difference, compareTables } from '../ledger/replay/compare-projections.js';
import type { RangePace } from '../ledger/replay/key-range.js';
import { entriesBetween } from '../ledger/read/read-log.js';
import { extendIndex } from './extend-index.js';
import type { IndexState } from './index-rows.js';
import { readEntry } from '../ledger/read/reread-event.js';

/** Entries added to the index between two pauses. */
const PIECE = 5_000;
/** Faulty sealed indexes that are listed at most. */
const LIMIT = 50;

/** Tables that are rebuilt, each in a temporary table of the same name. */
const indexTables = ['index_state', 'index_leaves', 'index_nodes'] as const;

type StoredState = Omit<IndexState, 'before'>;

interface Sealed {
  size: number;
  /** In base64. */
  root: string;
}

/** Filters entries before they are parsed: about one in a thousand seals an index. */
const mayBeSealed = (jws: string): boolean =>
  Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url').includes('index.sealed');

/**
 * Rebuilds the sealed index from the log's entries during a replay. It compares every leaf, node and root with the
 * stored ones, and every sealed root in the log with the entries before it.
 */
export class RebuildIndex {
  private state: IndexState = {
    size: 0,
    root: Buffer.alloc(32),
    cut: 0,
    leaves: 0,
    entry: null,
    before: null,
  };
  private scanned = 0;
  /** Whether an entry is missing or unreadable; the audit reports it, and later indexes cannot be checked. */
  private isBroken = false;
  private readonly wrong: Difference[] = [];

  constructor(private readonly origin: string) {}

  /** Creates the temporary tables. */
  async begin(db: Queryable): Promise<void> {
    for (const table of indexTables)
      await db.query(
        `CREATE TEMPORARY TABLE ${table} (LIKE public.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)`,
      );
    const { size, root, cut, leaves } = this.state;
    await db.query('INSERT INTO pg_temp.index_state (size, root, cut, leaves) VALUES ($1, $2, $3, $4)', [
      size,
      root,
      cut,
      leaves,
    ]);
  }

  /**
   * Checks each index that an entry before `to` seals.
   * @param rest is called between pieces.
   */
  async follow(db: Queryable, to: number, rest?: () => Promise<void>): Promise<void> {
    for (const { index, jws } of await entriesBetween(db, this.scanned, to)) {
      const sealed = mayBeSealed(jws) ? this.sealedIn(jws) : null;
      if (sealed === null || this.isBroken || !(await this.extendTo(db, sealed.size, rest))) continue;
      const root = this.state.size === sealed.size ? this.state.root.toString('base64') : 'an older index';
      if (root !== sealed.root && this.wrong.length < LIMIT)
        this.wrong.push({ ...differs(`index.sealed index=${index}`, 'root', sealed.root, root), index });
    }
    this.scanned = to;
  }

  /** Compares the stored index with the rebuilt one, in one snapshot of both. */
  async compare(db: Queryable, pace: RangePace = {}): Promise<{ differences: Difference[]; truncated: boolean }> {
    const { rows } = await db.query<StoredState>('SELECT size, root, cut, leaves, entry FROM public.index_state');
    const [stored] = rows;
    const all = (differences: Difference[]) => ({ differences: [...this.wrong, ...differences], truncated: false });
    if (stored === undefined) return all([differs('single=true', null, null, 'a row')]);
    if (stored.size < this.state.size || stored.size > this.scanned)
      return all([differs('single=true', 'size', `${stored.size}`, `${this.state.size} to ${this.scanned}`)]);
    if (this.isBroken || !(await this.extendTo(db, stored.size, pace.rest))) return all([]);
    const tables = await compareTables(db, ['index_leaves', 'index_nodes'], pace);
    const { differences } = all([...(await this.stateDifferences(db, stored)), ...tables.differences]);
    return { differences, truncated: tables.truncated };
  }

  private async stateDifferences(db: Queryable, stored: StoredState): Promise<Difference[]> {
    const text = ({ root, cut, leaves }: Omit<StoredState, 'entry'>): [string, string][] => [
      ['root', root.toString('hex')],
      ['cut', `${cut}`],
      ['leaves', `${leaves}`],
    ];
    const rebuilt = new Map(text(this.state));
    const differences = text(stored).flatMap(([column, value]) =>
      value === rebuilt.get(column) ? [] : [differs('single=true', column, value, rebuilt.get(column) ?? null)],
    );
    if (stored.entry === null) return differences;
    // Null until the index is in the log; after a crash in between, the service appends it again.
    const [entry] = await entriesBetween(db, stored.entry, stored.entry + 1);
    const sealed = entry === undefined ? null : this.sealedIn(entry.jws);
    if (sealed?.size === stored.size) return differences;
    return [...differences, differs('single=true', 'entry', `${stored.entry}`, `the entry that seals ${stored.size}`)];
  }

  /** Adds entries to the index up to `size`, if it is behind. Returns false if one of them is damaged. */
  private async extendTo(db: Queryable, size: number, rest?: () => Promise<void>): Promise<boolean> {
    try {
      while (this.state.size < size) {
        this.state = await extendIndex(db, this.origin, this.state, Math.min(size, this.state.size + PIECE), readEntry);
        await rest?.();
      }
      return true;
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      this.isBroken = true;
      return false;
    }
  }

  private sealedIn(jws: string): Sealed | null {
    try {
      const event = readEntry(jws, this.origin);
      return event.type === 'index.sealed' ? event.payload : null;
    } catch (error) {
      if (error instanceof AditError) return null;
      throw error;
    }
  }
}

/** Parses an entry that may have been changed since it was admitted. Throws an `AditError` only. */

const differs = (key: string, column: string | null, stored: string | null, replayed: string | null): Difference => ({
  table: 'index_state',
  key,
  column,
  stored,
  replayed,
  lots: [],
  index: null,
});
