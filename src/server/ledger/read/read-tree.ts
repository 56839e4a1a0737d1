import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import {
  type HashOf,
  type NodeId,
  consistencyNodes,
  inclusionNodes,
  nodeHash,
  proveConsistency,
  proveInclusion,
  rootHash,
  rootNodes,
} from '../../../core/log/tree.js';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import type { PlainError } from '../intake/check-event.js';
import { ReadLog } from './read-log.js';
import { sha256 } from '../../../platform/sha256.js';
import { unavailable } from '../append/unavailable.js';

const TILE_HEIGHT = 8;
const TILE_WIDTH = 256;
const HASH_BYTES = 32;
/** Cached roots of older sizes, for the `seen` of recent events. */
const ROOT_CACHE = 10_000;

/** Nodes whose tiles are in memory at a time: 8 MiB at most. */
const NODES_AT_ONCE = 1_024;

/** The `seen` claim: a size of the log and its root in standard base64. */
export interface SeenRoot {
  size: number;
  root: string;
}

/** A run of hashes of one tile level under a node, all within one tile. */
interface Run {
  level: number;
  start: number;
  count: number;
}

function runOf({ level, index }: NodeId): Run {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level - tileLevel * TILE_HEIGHT);
  return { level: tileLevel, start: index * count, count };
}

/** Returns the hashes [start, end) of a tile level: from the full tile, else from the entries or the tiles below. */
export async function tileHashes(db: Queryable, { level, start, count }: Run): Promise<Uint8Array[]> {
  const tile = Math.floor(start / TILE_WIDTH);
  const { rows } = await db.query<{ hashes: Buffer }>('SELECT hashes FROM tiles WHERE level = $1 AND index = $2', [
    level,
    tile,
  ]);
  const full = rows[0]?.hashes;
  if (full !== undefined) return hashesIn(full, start - tile * TILE_WIDTH, count);
  const partial =
    level === 0
      ? await db.query<{ hash: Buffer }>(
          'SELECT leaf_hash AS hash FROM entries WHERE index >= $1 AND index < $2 ORDER BY index',
          [start, start + count],
        )
      : await db.query<{ hash: Buffer }>(
          'SELECT root AS hash FROM tiles WHERE level = $1 AND index >= $2 AND index < $3 ORDER BY index',
          [level - 1, start, start + count],
        );
  if (partial.rows.length !== count)
    throw new AditError('log-halted', `The tree lacks hashes at level ${level} from ${start} to ${start + count}.`);
  return partial.rows.map(({ hash }) => hash);
}

/** Hashes a power of two of neighbouring hashes into their common parent. */
function fold(hashes: Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      nodeHash(row[2 * i] as Uint8Array, row[2 * i + 1] as Uint8Array, sha256),
    );
  return row[0] as Uint8Array;
}

/** Loads the full tiles that contain the runs, by `level/index`. */
async function fullTiles(db: Queryable, runs: readonly Run[]): Promise<Map<string, Buffer>> {
  const names = new Map(
    runs.map(({ level, start }) => {
      const index = Math.floor(start / TILE_WIDTH);
      return [`${level}/${index}`, { level, index }];
    }),
  );
  const wanted = [...names.values()];
  const { rows } = await db.query<{ level: number; index: number; hashes: Buffer }>(
    `SELECT t.level, t.index, t.hashes
       FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, index) JOIN tiles AS t USING (level, index)`,
    [wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
  );
  return new Map(rows.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
}

/** Loads the hashes of runs whose tile is not full, in their order: two statements at most, whatever their number. */
async function partialRuns(db: Queryable, runs: readonly Run[]): Promise<Uint8Array[][]> {
  const found = new Map<number, Buffer>();
  const load = async (isLeaf: boolean, source: string): Promise<void> => {
    const numbers = runs.flatMap(({ level }, n) => ((level === 0) === isLeaf ? [n] : []));
    if (numbers.length === 0) return;
    const chosen = numbers.map((n) => runs[n] as Run);
    const { rows } = await db.query<{ n: number; hashes: Buffer }>(
      `SELECT n, string_agg(hash, '' ORDER BY source.index) AS hashes
         FROM unnest($1::integer[], $2::smallint[], $3::bigint[], $4::bigint[]) AS wanted (n, level, first, after),
              LATERAL (${source}) AS source GROUP BY n`,
      [
        numbers,
        chosen.map(({ level }) => level - 1),
        chosen.map(({ start }) => start),
        chosen.map(({ start, count }) => start + count),
      ],
    );
    for (const { n, hashes } of rows) found.set(n, hashes);
  };
  await Promise.all([
    load(true, 'SELECT index, leaf_hash AS hash FROM entries WHERE index >= first AND index < after'),
    load(
      false,
      'SELECT index, root AS hash FROM tiles WHERE level = wanted.level AND index >= first AND index < after',
    ),
  ]);
  return runs.map(({ level, start, count }, n) => {
    const hashes = found.get(n);
    if (hashes?.length !== count * HASH_BYTES)
      throw new AditError('log-halted', `The tree lacks hashes at level ${level} from ${start} to ${start + count}.`);
    return hashesIn(hashes, 0, count);
  });
}

/** Loads the hashes of many nodes in three statements, for the tree computations of the core. */
export async function loadHashes(db: Queryable, nodes: Iterable<NodeId>): Promise<HashOf> {
  const hashes = new Map<string, Uint8Array>();
  const wanted = [...new Map([...nodes].map((node) => [`${node.level}/${node.index}`, node]))];
  for (let from = 0; from < wanted.length; from += NODES_AT_ONCE) {
    const piece = wanted.slice(from, from + NODES_AT_ONCE).map(([name, node]) => ({ name, run: runOf(node) }));
    const tiles = await fullTiles(
      db,
      piece.map(({ run }) => run),
    );
    const partial: typeof piece = [];
    for (const each of piece) {
      const { level, start, count } = each.run;
      const tile = Math.floor(start / TILE_WIDTH);
      const full = tiles.get(`${level}/${tile}`);
      if (full === undefined) partial.push(each);
      else hashes.set(each.name, fold(hashesIn(full, start - tile * TILE_WIDTH, count)));
    }
    const found = await partialRuns(
      db,
      partial.map(({ run }) => run),
    );
    for (const [n, { name }] of partial.entries()) hashes.set(name, fold(found[n] ?? []));
  }
  return (level, index) => {
    const hash = hashes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`Node ${level}/${index} was not loaded.`);
    return hash;
  };
}

const hashesIn = (tile: Uint8Array, at: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => tile.subarray((at + i) * HASH_BYTES, (at + i + 1) * HASH_BYTES));

/** Computes roots and proofs of any size of the log from tiles; the cost depends only on the tree's height. */
@Injectable()
export class ReadTree {
  private readonly roots = new Map<number, Uint8Array>();

  constructor(
    private readonly database: Database,
    private readonly log: ReadLog,
  ) {}

  /** Returns the root of the first `size` entries. @param db the connection that reads; default: any of the shared ones */
  async rootAt(size: number, db: Queryable = this.database.lookup): Promise<Uint8Array> {
    const hashOf = await loadHashes(db, rootNodes(size));
    return rootHash(size, hashOf, sha256);
  }

  async proveInclusion(index: number, size: number): Promise<Uint8Array[]> {
    return proveInclusion(index, size, await loadHashes(this.database.lookup, inclusionNodes(index, size)));
  }

  async proveConsistency(from: number, to: number): Promise<Uint8Array[]> {
    return proveConsistency(from, to, await loadHashes(this.database.lookup, consistencyNodes(from, to)));
  }

  /** Caches the root of a size that was just committed. */
  remember(size: number, root: Uint8Array): void {
    if (this.roots.size >= ROOT_CACHE) {
      const oldest = this.roots.keys().next().value;
      if (oldest !== undefined) this.roots.delete(oldest);
    }
    this.roots.set(size, root);
  }

  /** Whether the cache has the root of `seen`. */
  remembers({ size, root }: SeenRoot): boolean {
    const known = this.roots.get(size);
    return known !== undefined && Buffer.from(known).toString('base64') === root;
  }

  /** Compares `seen` with this log; returns null if they agree, else the refusal `seen-mismatch`. */
  async compare({ size, root }: SeenRoot): Promise<PlainError | null> {
    const db = this.database.intake;
    const current = await this.log.size(db).catch(unavailable);
    if (size <= current) {
      const ours = await this.rootAt(size, db).catch(unavailable);
      this.remember(size, ours);
      if (Buffer.from(ours).toString('base64') === root) return null;
    }
    const detail = `The log of ${current} entries never had this root at size ${size}. Keep the checkpoint: it is evidence.`;
    return { code: 'seen-mismatch', detail, errors: [{ pointer: '/seen', code: 'seen-mismatch', detail }] };
  }
}
