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
/** Cached nodes of proofs: about 10 MiB. */
const NODE_CACHE = 65_536;

/** Nodes that are loaded at a time. The hashes under one are 4 KiB at most. */
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

/** Hashes a power of two of neighbouring hashes into their common parent. */
function fold(hashes: Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      nodeHash(row[2 * i] as Uint8Array, row[2 * i + 1] as Uint8Array, sha256),
    );
  return row[0] as Uint8Array;
}

/**
 * Loads the hashes of runs, in their order, by one statement: each from its full tile, else from the entries or the tiles
 * below.
 */
async function runHashes(db: Queryable, runs: readonly Run[]): Promise<Uint8Array[][]> {
  const { rows } = await db.query<{ n: number; hashes: Buffer | null }>(
    `SELECT n, COALESCE(
              substr(tile.hashes, (first % ${TILE_WIDTH} * ${HASH_BYTES} + 1)::integer, (count * ${HASH_BYTES})::integer),
              CASE wanted.level
                WHEN 0 THEN (SELECT string_agg(leaf_hash, '' ORDER BY index) FROM entries
                              WHERE index >= first AND index < first + count)
                ELSE (SELECT string_agg(below.root, '' ORDER BY below.index) FROM tiles AS below
                       WHERE below.level = wanted.level - 1 AND below.index >= first AND below.index < first + count)
              END) AS hashes
       FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS wanted (level, first, count, n)
            LEFT JOIN tiles AS tile ON tile.level = wanted.level AND tile.index = first / ${TILE_WIDTH}`,
    [runs.map(({ level }) => level), runs.map(({ start }) => start), runs.map(({ count }) => count)],
  );
  const found = new Map(rows.map(({ n, hashes }) => [n - 1, hashes]));
  return runs.map(({ level, start, count }, n) => {
    const hashes = found.get(n);
    if (hashes?.length !== count * HASH_BYTES)
      throw new AditError('log-halted', `The tree lacks hashes at level ${level} from ${start} to ${start + count}.`);
    return hashesIn(hashes, 0, count);
  });
}

/** Returns the hashes of a run. */
export async function tileHashes(db: Queryable, run: Run): Promise<Uint8Array[]> {
  const [hashes = []] = await runHashes(db, [run]);
  return hashes;
}

/** Loads the hashes of many nodes, a thousand by each statement, for the tree computations of the core. */
export async function loadHashes(db: Queryable, nodes: Iterable<NodeId>): Promise<HashOf> {
  const hashes = new Map<string, Uint8Array>();
  const wanted = [...new Map([...nodes].map((node) => [nameOf(node), node]))];
  for (let from = 0; from < wanted.length; from += NODES_AT_ONCE) {
    const piece = wanted.slice(from, from + NODES_AT_ONCE);
    const found = await runHashes(
      db,
      piece.map(([, node]) => runOf(node)),
    );
    for (const [n, [name]] of piece.entries()) hashes.set(name, fold(found[n] ?? []));
  }
  return hashOfAll(hashes);
}

const nameOf = ({ level, index }: NodeId): string => `${level}/${index}`;

const hashOfAll =
  (hashes: ReadonlyMap<string, Uint8Array>): HashOf =>
  (level, index) => {
    const hash = hashes.get(nameOf({ level, index }));
    if (hash === undefined) throw new Error(`Node ${level}/${index} was not loaded.`);
    return hash;
  };

const hashesIn = (tile: Uint8Array, at: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => tile.subarray((at + i) * HASH_BYTES, (at + i + 1) * HASH_BYTES));

/** Adds a hash to a cache, and removes the oldest of more than `most`. */
function keep<K>(cache: Map<K, Uint8Array>, key: K, hash: Uint8Array, most: number): void {
  const oldest = cache.size < most ? undefined : cache.keys().next().value;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(key, hash);
}

/** Computes roots and proofs of any size of the log from tiles; the cost depends only on the tree's height. */
@Injectable()
export class ReadTree {
  private readonly roots = new Map<number, Uint8Array>();
  /** Hashes of nodes, which never change, by `level/index`. */
  private readonly nodes = new Map<string, Uint8Array>();

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
    return proveInclusion(index, size, await this.hashesFor(inclusionNodes(index, size)));
  }

  async proveConsistency(from: number, to: number): Promise<Uint8Array[]> {
    return proveConsistency(from, to, await this.hashesFor(consistencyNodes(from, to)));
  }

  /**
   * Loads the nodes of a proof, as far as no proof before had them: hashing the leaves under them takes longer than reading
   * them. Clients verify proofs; what this service itself compares is always read (`rootAt`).
   */
  private async hashesFor(nodes: Iterable<NodeId>): Promise<HashOf> {
    const hashes = new Map<string, Uint8Array>();
    const missing = new Map<string, NodeId>();
    for (const node of nodes) {
      const name = nameOf(node);
      const known = this.nodes.get(name);
      if (known === undefined) missing.set(name, node);
      else hashes.set(name, known);
    }
    if (missing.size > 0) {
      const loaded = await loadHashes(this.database.lookup, missing.values());
      for (const [name, { level, index }] of missing) {
        hashes.set(name, loaded(level, index));
        keep(this.nodes, name, loaded(level, index), NODE_CACHE);
      }
    }
    return hashOfAll(hashes);
  }

  /** Caches the root of a size that was just committed. */
  remember(size: number, root: Uint8Array): void {
    keep(this.roots, size, root, ROOT_CACHE);
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
