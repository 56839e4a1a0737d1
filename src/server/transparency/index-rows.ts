import {
  type IndexLeaf,
  type IndexNode,
  NO_EVENTS,
  bitOf,
  combine,
  emptyNode,
  extendDigest,
  indexNode,
} from '../../core/log/sealed-index.js';
import type { Queryable } from '../database/rows.js';
import { sha256 } from '../../platform/sha256.js';

/** Average number of leaves of a subtree at the cut at most; they are rehashed when one of them changes. */
const BUCKET = 8;
/**
 * Leaves of one subtree at most, far more than chance gives. The limit makes PostgreSQL read each range from its index.
 */
const LEAVES = 10_000;
/** Subtrees at the cut whose leaves are in memory at a time. */
const BUCKETS_AT_ONCE = 4_000;
const KEY_BYTES = 32;

/** The stored tree: every leaf, and the hashes of all subtrees down to depth `cut`, which grows with the tree. */
export interface IndexState {
  size: number;
  root: Buffer;
  cut: number;
  leaves: number;
  entry: number | null;
  /** The index that was sealed before, whose overwritten rows are preserved; null: none is. */
  before: SealedBefore | null;
}

/** An older index that can still be proved. */
interface SealedBefore {
  cut: number;
  entry: number;
}

export async function readIndexState(db: Queryable, lock = false): Promise<IndexState> {
  const { rows } = await db.query<Omit<IndexState, 'before'>>(
    `SELECT size, root, cut, leaves, entry FROM index_state${lock ? ' FOR UPDATE' : ''}`,
  );
  const [state] = rows;
  if (state === undefined) throw new Error('The row that holds the state of the sealed index is missing.');
  const { rows: before } = await db.query<SealedBefore>('SELECT cut, entry FROM index_state_before');
  return { ...state, before: before[0] ?? null };
}

/**
 * Preserves the last sealed index: from now on each leaf and node is copied before its first change. Readers see a
 * newer checkpoint only after witnesses have cosigned it; until then proofs use this index.
 */
export async function keepIndex(db: Queryable, state: IndexState & { entry: number }): Promise<IndexState> {
  const { cut, entry } = state;
  for (const table of ['index_leaves_before', 'index_nodes_before', 'index_state_before'])
    await db.query(`DELETE FROM ${table}`);
  await db.query('INSERT INTO index_state_before (cut, entry) VALUES ($1, $2)', [cut, entry]);
  return { ...state, before: { cut, entry } };
}

/** Returns the first `depth` bits of a key as a number; below 2^53, because a cut is below 40. */
export function prefixOf(key: Uint8Array, depth: number): number {
  let prefix = 0;
  for (let bit = 0; bit < depth; bit += 1) prefix = prefix * 2 + bitOf(key, bit);
  return prefix;
}

/** Returns the smallest (`fill` 0) or largest (0xff) key under a subtree. */
function boundOf(depth: number, prefix: number, fill: number): Buffer {
  const key = Buffer.alloc(KEY_BYTES, fill);
  for (let bit = 0; bit < depth; bit += 1) {
    const isSet = Math.floor(prefix / 2 ** (depth - 1 - bit)) % 2 === 1;
    const mask = 128 >> (bit % 8);
    const at = Math.floor(bit / 8);
    key[at] = isSet ? (key[at] as number) | mask : (key[at] as number) & ~mask;
  }
  return key;
}

export interface Subtree {
  depth: number;
  prefix: number;
}

const nameOf = ({ depth, prefix }: Subtree): string => `${depth}/${prefix}`;

/**
 * Returns the leaves of some subtrees, sorted by key, by `depth/prefix`.
 * @param before in the preserved index; leaves are never removed, so preserved rows override the present ones.
 */
export async function leavesUnder(
  db: Queryable,
  subtrees: readonly Subtree[],
  before = false,
): Promise<Map<string, IndexLeaf[]>> {
  const found = await leavesIn(db, 'index_leaves', subtrees);
  if (!before) return found;
  for (const [name, kept] of await leavesIn(db, 'index_leaves_before', subtrees)) {
    const overwritten = new Map(kept.map((leaf) => [hexOf(leaf.key), leaf]));
    const leaves = (found.get(name) ?? []).map((leaf) => overwritten.get(hexOf(leaf.key)) ?? leaf);
    found.set(
      name,
      leaves.filter(({ count }) => count > 0),
    );
  }
  return found;
}

const hexOf = (key: Uint8Array): string => Buffer.from(key).toString('hex');

async function leavesIn(
  db: Queryable,
  table: 'index_leaves' | 'index_leaves_before',
  subtrees: readonly Subtree[],
): Promise<Map<string, IndexLeaf[]>> {
  const found = new Map<string, IndexLeaf[]>(subtrees.map((subtree) => [nameOf(subtree), []]));
  const { rows } = await db.query<{ n: number; key: Buffer; count: number; digest: Buffer }>(
    `SELECT (wanted.n - 1)::integer AS n, leaf.key, leaf.count, leaf.digest
       FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS wanted (low, high, n)
      CROSS JOIN LATERAL (SELECT key, count, digest FROM ${table}
                           WHERE key BETWEEN wanted.low AND wanted.high ORDER BY key LIMIT ${LEAVES}) AS leaf`,
    [
      subtrees.map(({ depth, prefix }) => boundOf(depth, prefix, 0)),
      subtrees.map(({ depth, prefix }) => boundOf(depth, prefix, 0xff)),
    ],
  );
  for (const { n, ...leaf } of rows) found.get(nameOf(subtrees[n] as Subtree))?.push(leaf);
  return found;
}

/**
 * Returns subtrees above or at the cut, by `depth/prefix`; a subtree without a row is empty.
 * @param before as in `leavesUnder`.
 */
export async function nodesAt(
  db: Queryable,
  subtrees: readonly Subtree[],
  before = false,
): Promise<Map<string, IndexNode>> {
  const now = await nodesIn(db, 'index_nodes', subtrees);
  return before ? new Map([...now, ...(await nodesIn(db, 'index_nodes_before', subtrees))]) : now;
}

async function nodesIn(
  db: Queryable,
  table: 'index_nodes' | 'index_nodes_before',
  subtrees: readonly Subtree[],
): Promise<Map<string, IndexNode>> {
  const { rows } = await db.query<Subtree & IndexNode>(
    `SELECT node.depth, node.prefix, node.leaves, node.hash
       FROM unnest($1::smallint[], $2::bigint[]) AS wanted (depth, prefix) JOIN ${table} AS node USING (depth, prefix)`,
    [subtrees.map(({ depth }) => depth), subtrees.map(({ prefix }) => prefix)],
  );
  return new Map(rows.map(({ depth, prefix, leaves, hash }) => [nameOf({ depth, prefix }), { leaves, hash }]));
}

/** New entries of the index: for each key the ids of the events that name it, in order. */
export type Additions = Map<string, { key: Uint8Array; ids: Uint8Array[] }>;

/**
 * Adds events to the leaves; returns the number of new leaves.
 * @param keeps whether overwritten rows are preserved.
 */
export async function addToLeaves(db: Queryable, additions: Additions, keeps: boolean): Promise<number> {
  const changed = [...additions.values()];
  const { rows } = await db.query<{ key: Buffer; count: number; digest: Buffer }>(
    'SELECT key, count, digest FROM index_leaves WHERE key = ANY($1::bytea[])',
    [changed.map(({ key }) => Buffer.from(key))],
  );
  const known = new Map(rows.map((leaf) => [leaf.key.toString('hex'), leaf]));
  const leaves = changed.map(({ key, ids }): IndexLeaf => {
    const before = known.get(Buffer.from(key).toString('hex')) ?? { count: 0, digest: NO_EVENTS };
    const digest = ids.reduce<Uint8Array>((chain, id) => extendDigest(chain, id, sha256), before.digest);
    return { key, count: before.count + ids.length, digest };
  });
  if (keeps)
    await db.query(
      `INSERT INTO index_leaves_before (key, count, digest)
       SELECT key, COALESCE(leaf.count, 0), COALESCE(leaf.digest, '')
         FROM unnest($1::bytea[]) AS given (key) LEFT JOIN index_leaves AS leaf USING (key)
       ON CONFLICT DO NOTHING`,
      [leaves.map(({ key }) => Buffer.from(key))],
    );
  await db.query(
    `INSERT INTO index_leaves (key, count, digest) SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])
     ON CONFLICT (key) DO UPDATE SET count = EXCLUDED.count, digest = EXCLUDED.digest`,
    [
      leaves.map(({ key }) => Buffer.from(key)),
      leaves.map(({ count }) => count),
      leaves.map(({ digest }) => Buffer.from(digest)),
    ],
  );
  return changed.length - known.size;
}

/** Returns the depth at which subtrees have a handful of leaves each. */
export const cutFor = (leaves: number): number => Math.max(0, Math.ceil(Math.log2(Math.max(1, leaves / BUCKET))));

async function writeNodes(
  db: Queryable,
  depth: number,
  nodes: ReadonlyMap<number, IndexNode>,
  keeps: boolean,
): Promise<void> {
  if (keeps)
    await db.query(
      `INSERT INTO index_nodes_before (depth, prefix, leaves, hash)
       SELECT $1::smallint, given.prefix, COALESCE(node.leaves, 0), COALESCE(node.hash, $3::bytea)
         FROM unnest($2::bigint[]) AS given (prefix)
         LEFT JOIN index_nodes AS node ON node.depth = $1 AND node.prefix = given.prefix
       ON CONFLICT DO NOTHING`,
      [depth, [...nodes.keys()], Buffer.from(emptyNode.hash)],
    );
  await db.query(
    `INSERT INTO index_nodes (depth, prefix, leaves, hash)
     SELECT $1::smallint, * FROM unnest($2::bigint[], $3::bigint[], $4::bytea[])
     ON CONFLICT (depth, prefix) DO UPDATE SET leaves = EXCLUDED.leaves, hash = EXCLUDED.hash`,
    [
      depth,
      [...nodes.keys()],
      [...nodes.values()].map(({ leaves }) => leaves),
      [...nodes.values()].map(({ hash }) => Buffer.from(hash)),
    ],
  );
}

/** Rehashes some subtrees at the cut from their leaves, and all nodes above them; returns the root. */
export async function rehash(
  db: Queryable,
  cut: number,
  prefixes: readonly number[],
  keeps: boolean,
): Promise<IndexNode> {
  for (let from = 0; from < prefixes.length; from += BUCKETS_AT_ONCE) {
    const piece = prefixes.slice(from, from + BUCKETS_AT_ONCE);
    const leaves = await leavesUnder(
      db,
      piece.map((prefix) => ({ depth: cut, prefix })),
    );
    const nodes = piece.map((prefix): [number, IndexNode] => [
      prefix,
      indexNode(leaves.get(nameOf({ depth: cut, prefix })) ?? [], cut, sha256),
    ]);
    await writeNodes(db, cut, new Map(nodes), keeps);
  }
  let touched = prefixes;
  for (let depth = cut; depth > 0; depth -= 1) touched = await rehashAbove(db, depth, touched, keeps);
  return (await nodesAt(db, [{ depth: 0, prefix: 0 }])).get('0/0') ?? emptyNode;
}

/** Rehashes the parents of some subtrees; returns the parents' prefixes. */
async function rehashAbove(
  db: Queryable,
  depth: number,
  prefixes: readonly number[],
  keeps: boolean,
): Promise<number[]> {
  const parents = [...new Set(prefixes.map((prefix) => Math.floor(prefix / 2)))];
  for (let from = 0; from < parents.length; from += BUCKETS_AT_ONCE) {
    const piece = parents.slice(from, from + BUCKETS_AT_ONCE);
    const children = await nodesAt(
      db,
      piece.flatMap((parent) => [
        { depth, prefix: 2 * parent },
        { depth, prefix: 2 * parent + 1 },
      ]),
    );
    const child = (prefix: number): IndexNode => children.get(nameOf({ depth, prefix })) ?? emptyNode;
    const nodes = piece.map((parent): [number, IndexNode] => [
      parent,
      combine(child(2 * parent), child(2 * parent + 1), sha256),
    ]);
    await writeNodes(db, depth - 1, new Map(nodes), keeps);
  }
  return parents;
}

/** Rehashes the whole tree at another cut, once for each doubling of the tree. */
export async function recut(db: Queryable, cut: number, keeps: boolean): Promise<IndexNode> {
  if (keeps) await db.query('INSERT INTO index_nodes_before SELECT * FROM index_nodes ON CONFLICT DO NOTHING');
  await db.query('DELETE FROM index_nodes');
  const all = Array.from({ length: 2 ** cut }, (_, prefix) => prefix);
  return rehash(db, cut, all, keeps);
}
