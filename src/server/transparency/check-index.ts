import { combine, emptyNode, indexNode } from '../../core/log/sealed-index.js';
import { sha256 } from '../../platform/sha256.js';
import type { Queryable } from '../database/rows.js';
import { type Subtree, leavesUnder, nodesAt, readIndexState } from './index-rows.js';

/** Subtrees whose leaves or children are in memory at a time. */
const PIECE = 2_000;
/** Rows that are named at most. */
const LIMIT = 50;

/** A row of the sealed index that the rows below it do not give. */
export interface IndexFault {
  table: 'index_state' | 'index_nodes';
  key: string;
  column: string;
  stored: string;
  computed: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Hashes the index again from its leaves up to its root, a piece at a time, and names each row that differs. A leaf that was
 * changed shows at the subtree that it is in. Call it in one snapshot. @param rest is called between pieces.
 */
export async function checkIndex(db: Queryable, rest?: () => Promise<void>): Promise<IndexFault[]> {
  const { cut, root, leaves } = await readIndexState(db);
  const faults: IndexFault[] = [];
  for (let depth = cut; depth >= 0; depth -= 1)
    for (let from = 0; from < 2 ** depth && faults.length < LIMIT; from += PIECE) {
      const prefixes = Array.from({ length: Math.min(PIECE, 2 ** depth - from) }, (_, i) => from + i);
      faults.push(...(await checkPiece(db, depth, cut, prefixes)));
      await rest?.();
    }
  const top = (await nodesAt(db, [{ depth: 0, prefix: 0 }])).get('0/0') ?? emptyNode;
  const state = (column: string, stored: string, computed: string): IndexFault[] =>
    stored === computed ? [] : [{ table: 'index_state', key: 'single=true', column, stored, computed }];
  return [...faults, ...state('root', hex(root), hex(top.hash)), ...state('leaves', `${leaves}`, `${top.leaves}`)];
}

async function checkPiece(
  db: Queryable,
  depth: number,
  cut: number,
  prefixes: readonly number[],
): Promise<IndexFault[]> {
  const subtrees = prefixes.map((prefix): Subtree => ({ depth, prefix }));
  const stored = await nodesAt(db, subtrees);
  const leaves = depth === cut ? await leavesUnder(db, subtrees) : null;
  const children =
    leaves === null
      ? await nodesAt(
          db,
          prefixes.flatMap((prefix) => [
            { depth: depth + 1, prefix: 2 * prefix },
            { depth: depth + 1, prefix: 2 * prefix + 1 },
          ]),
        )
      : null;
  return prefixes.flatMap((prefix): IndexFault[] => {
    const child = (which: 0 | 1) => children?.get(`${depth + 1}/${2 * prefix + which}`) ?? emptyNode;
    const node =
      leaves === null
        ? combine(child(0), child(1), sha256)
        : indexNode(leaves.get(`${depth}/${prefix}`) ?? [], cut, sha256);
    const row = stored.get(`${depth}/${prefix}`) ?? emptyNode;
    if (row.leaves === node.leaves && hex(row.hash) === hex(node.hash)) return [];
    const key = `depth=${depth}, prefix=${prefix}`;
    const [asStored, computed] = [`${row.leaves} leaves ${hex(row.hash)}`, `${node.leaves} leaves ${hex(node.hash)}`];
    return [{ table: 'index_nodes', key, column: 'hash', stored: asStored, computed }];
  });
}
