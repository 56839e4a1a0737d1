import { TreeEdge, type FullTile } from '../../../../core/log/edge.js';
import type { Queryable } from '../../../database/rows.js';
import type { LedgerIdentity } from '../../../ledger/ledger-identity.js';
import type { Pace } from '../../../ledger/replay/replay.js';
import { entriesBetween } from '../../../ledger/read/read-log.js';
import { sha256 } from '../../../../platform/sha256.js';
import { type AlteredEntry, checkLeaf } from '../audit-entries.js';
import { KeptRoots } from './kept-roots.js';
import { seenOf } from './read-seen.js';

/** Entries in memory at a time: four tiles. */
const CHUNK = 1_024;
const TILE_WIDTH = 256;
const HASH_BYTES = 32;

/** Indexes [from, to) without a row. */
export interface MissingRun {
  from: number;
  to: number;
}

interface TileFault {
  level: number;
  index: number;
  what: 'missing' | 'hashes' | 'root' | 'beyond';
  /** Entries whose hashes in the tile differ, for a tile of level 0. */
  entries: number[];
}

/** Result of recomputing the tree from the stored bytes. */
export interface RecomputedTree {
  /** Rows up to the last index, missing ones included. */
  size: number;
  missing: MissingRun[];
  altered: AlteredEntry[];
  tiles: TileFault[];
  /** Roots at the sizes of checkpoints and at requested sizes, as far as they exist. */
  roots: Pick<KeptRoots, 'get'>;
  /** Entries whose `seen` has a requested size and another root. */
  forks: { index: number; id: string; size: number; root: string }[];
  /** First index from which the tree contains a guessed leaf, because no stored copy proves it; null: none. */
  uncertainFrom: number | null;
}

interface TileRow {
  level: number;
  index: number;
  hashes: Buffer;
  root: Buffer;
}

/**
 * Recomputes the whole tree (RFC 6962 §2.1) from the stored entries, a thousand at a time, and compares it with the
 * stored tiles. Entries never change, so only the last ones need one snapshot with the rows that they are compared
 * with. For a damaged entry it uses the hash in the tile, so that later roots do not differ because of it.
 */
export class AuditTree {
  private readonly kept = new KeptRoots();
  private readonly edge = TreeEdge.at(0, [], sha256);
  private readonly result: RecomputedTree = {
    size: 0,
    missing: [],
    altered: [],
    tiles: [],
    roots: this.kept,
    forks: [],
    uncertainFrom: null,
  };

  /** @param asked further sizes whose roots are computed; unread sizes may be added later. */
  constructor(
    private db: Queryable,
    private readonly identity: LedgerIdentity,
    private readonly asked: ReadonlySet<number>,
  ) {}

  /** Number of entries that have been read. */
  get read(): number {
    return this.edge.size;
  }

  /** Roots recorded so far. */
  get roots(): Pick<KeptRoots, 'get'> {
    return this.kept;
  }

  /** Reads up to entry `to`, which must be committed, with its checkpoints. */
  async advance(to: number, pace?: Pace): Promise<void> {
    this.result.size = Math.max(this.edge.size, to);
    if (this.edge.size === 0) this.kept.keep(0, this.edge.root());
    while (this.edge.size < this.result.size) {
      await this.chunk(this.edge.size, Math.min(this.edge.size + CHUNK, this.result.size));
      await pace?.(this.edge.size, this.result.size);
    }
  }

  /** Reads the rest in the snapshot of `db`, which has entries up to `to`; returns the result for all. */
  async finish(db: Queryable, to: number): Promise<RecomputedTree> {
    this.db = db;
    await this.advance(to);
    await this.tilesBeyond();
    return this.result;
  }

  private async chunk(from: number, to: number): Promise<void> {
    const stored = new Map((await entriesBetween(this.db, from, to)).map((entry) => [entry.index, entry]));
    const tiles = await this.leafTiles(from, to);
    const wanted = await this.sizesWithin(from, to);
    let leaves: Uint8Array[] = [];
    const emitted: FullTile[] = [];
    const flush = (): void => {
      emitted.push(...this.edge.append(leaves).tiles);
      leaves = [];
      if (wanted.has(this.edge.size)) this.kept.keep(this.edge.size, this.edge.root());
    };
    for (let index = from; index < to; index += 1) {
      const tile = tiles.get(Math.floor(index / TILE_WIDTH))?.hashes ?? null;
      const at = (index % TILE_WIDTH) * HASH_BYTES;
      const hash = tile === null ? null : tile.subarray(at, at + HASH_BYTES);
      const entry = stored.get(index);
      if (entry === undefined) leaves.push(this.missing(index, hash));
      else {
        const { leaf, altered, uncertain } = await checkLeaf(this.db, this.identity, entry, hash);
        leaves.push(leaf);
        if (altered !== null) this.result.altered.push(altered);
        else this.compareSeen(index, entry.id, entry.jws);
        if (uncertain) this.doubt(index);
      }
      if (wanted.has(index + 1) || leaves.length === TILE_WIDTH) flush();
    }
    flush();
    await this.compareTiles(emitted);
  }

  /** Returns the sizes in (`from`, `to`] whose roots are computed. */
  private async sizesWithin(from: number, to: number): Promise<Set<number>> {
    const { rows } = await this.db.query<{ size: number }>(
      'SELECT size FROM checkpoints WHERE size >= $1 AND size <= $2',
      [from, to],
    );
    return new Set([...rows.map(({ size }) => size), ...this.asked]);
  }

  private doubt(index: number): void {
    this.result.uncertainFrom ??= index;
  }

  private missing(index: number, hash: Uint8Array | null): Uint8Array {
    const run = this.result.missing.at(-1);
    if (run !== undefined && run.to === index) run.to = index + 1;
    else this.result.missing.push({ from: index, to: index + 1 });
    if (hash === null) this.doubt(index);
    return hash ?? new Uint8Array(HASH_BYTES);
  }

  /** Checks that a root in `seen` is one of this tree; sizes without a recorded root cannot be checked. */
  private compareSeen(index: number, id: string, jws: string): void {
    const seen = seenOf(jws);
    const root = seen === null ? undefined : this.result.roots.get(seen.size);
    if (seen === null || root === undefined || Buffer.from(root).toString('base64') === seen.root) return;
    this.result.forks.push({ index, id, ...seen });
  }

  private async leafTiles(from: number, to: number): Promise<Map<number, TileRow>> {
    const { rows } = await this.db.query<TileRow>(
      'SELECT level, index, hashes, root FROM tiles WHERE level = 0 AND index >= $1 AND index < $2',
      [Math.floor(from / TILE_WIDTH), Math.ceil(to / TILE_WIDTH)],
    );
    // A full tile above the committed size proves nothing about its entries.
    return new Map(
      rows.filter(({ index }) => (index + 1) * TILE_WIDTH <= this.result.size).map((row) => [row.index, row]),
    );
  }

  private async compareTiles(emitted: readonly FullTile[]): Promise<void> {
    if (emitted.length === 0) return;
    const { rows } = await this.db.query<TileRow>(
      `SELECT t.level, t.index, t.hashes, t.root
         FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, index) JOIN tiles AS t USING (level, index)`,
      [emitted.map(({ level }) => level), emitted.map(({ index }) => index)],
    );
    const stored = new Map(rows.map((row) => [`${row.level}/${row.index}`, row]));
    for (const { level, index, hashes, root } of emitted) {
      const row = stored.get(`${level}/${index}`);
      if (row === undefined) this.result.tiles.push({ level, index, what: 'missing', entries: [] });
      else {
        const differing = differingHashes(row.hashes, hashes);
        const entries = level === 0 ? differing.map((position) => index * TILE_WIDTH + position) : [];
        if (differing.length > 0) this.result.tiles.push({ level, index, what: 'hashes', entries });
        else if (Buffer.compare(row.root, root) !== 0) this.result.tiles.push({ level, index, what: 'root', entries });
      }
    }
  }

  /** Reports tiles that the tree is too small to have filled. */
  private async tilesBeyond(): Promise<void> {
    const { rows } = await this.db.query<{ level: number; index: number }>(
      'SELECT level, index FROM tiles WHERE (index + 1) * power(256::numeric, level + 1) > $1 ORDER BY level, index LIMIT 100',
      [this.result.size],
    );
    for (const { level, index } of rows) this.result.tiles.push({ level, index, what: 'beyond', entries: [] });
  }
}

function differingHashes(a: Uint8Array, b: Uint8Array): number[] {
  if (Buffer.compare(a, b) === 0) return [];
  const positions = Array.from({ length: TILE_WIDTH }, (_, position) => position);
  return positions.filter((position) => {
    const [from, to] = [position * HASH_BYTES, (position + 1) * HASH_BYTES];
    return Buffer.compare(a.subarray(from, to), b.subarray(from, to)) !== 0;
  });
}
