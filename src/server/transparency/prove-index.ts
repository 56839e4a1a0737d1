import { Injectable } from '@nestjs/common';
import {
  type IndexLeaf,
  type IndexNode,
  type IndexProof,
  compareKeys,
  emptyNode,
  proveIndex,
  subjectKey,
} from '../../core/log/sealed-index.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { sha256 } from '../../platform/sha256.js';
import { type Subtree, leavesUnder, nodesAt, prefixOf, readIndexState } from './index-rows.js';

/** Subjects whose subtrees are loaded by one statement. */
const AT_ONCE = 4_000;

/** A proof under the index that was sealed last, or the one before. */
export interface ProvenIndex {
  /** Log index of its `index.sealed` entry. */
  entry: number;
  proof: IndexProof;
}

/**
 * Proves the sealed index's content for subjects, all in one snapshot, because the next sealing may start meanwhile.
 */
@Injectable()
export class ProveIndex {
  constructor(private readonly database: Database) {}

  /** Returns the newest index with an entry below `size` that can be proved; null if there is none. */
  async newest(size: number): Promise<number | null> {
    const { entry, before } = await readIndexState(this.database);
    return [entry, before?.entry ?? null].find((said) => said !== null && said < size) ?? null;
  }

  /** Proves subjects under the index of `entry`; null if the index was sealed twice since. */
  async prove(entry: number, subjects: ReadonlySet<string>): Promise<ProvenIndex | null> {
    return this.database.snapshot(async (db) => {
      const state = await readIndexState(db);
      if (state.entry === entry) return { entry, proof: await proveUnder(db, state.cut, subjects, false) };
      if (state.before?.entry !== entry) return null;
      return { entry, proof: await proveUnder(db, state.before.cut, subjects, true) };
    });
  }
}

const nameOf = (depth: number, prefix: number): string => `${depth}/${prefix}`;

async function proveUnder(
  db: Queryable,
  cut: number,
  subjects: ReadonlySet<string>,
  before: boolean,
): Promise<IndexProof> {
  const keys = [...subjects].map((subject) => subjectKey(subject, sha256)).toSorted(compareKeys);
  const nodes = new Map<string, IndexNode>();
  const leaves = new Map<string, readonly IndexLeaf[]>();
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const prefixes = new Set(keys.slice(from, from + AT_ONCE).map((key) => prefixOf(key, cut)));
    for (const [name, node] of await nodesAt(db, pathsTo(prefixes, cut), before)) nodes.set(name, node);
    const wanted = [...prefixes].map((prefix): Subtree => ({ depth: cut, prefix }));
    for (const [name, under] of await leavesUnder(db, wanted, before)) leaves.set(name, under);
  }
  // Above the cut, a subtree with one leaf has that leaf's hash, wherever the leaf is below it.
  const single = [...nodes].flatMap(([name, node]): Subtree[] => {
    const [depth = 0, prefix = 0] = name.split('/').map(Number);
    return node.leaves === 1 && depth < cut ? [{ depth, prefix }] : [];
  });
  for (const [name, under] of await leavesUnder(db, single, before)) leaves.set(name, under);
  const source = {
    cut,
    node: (depth: number, prefix: number) => nodes.get(nameOf(depth, prefix)) ?? emptyNode,
    leaves: (depth: number, prefix: number) => leaves.get(nameOf(depth, prefix)) ?? [],
  };
  return proveIndex(keys, source, sha256);
}

/** Returns every subtree on the way from the root to some at the cut, with its sibling. */
function pathsTo(prefixes: Iterable<number>, cut: number): Subtree[] {
  const subtrees = new Map<string, Subtree>();
  for (const bottom of prefixes)
    for (let depth = cut, prefix = bottom; depth >= 0; depth -= 1, prefix = Math.floor(prefix / 2)) {
      const beside = depth === 0 ? prefix : prefix % 2 === 0 ? prefix + 1 : prefix - 1;
      if (subtrees.has(nameOf(depth, prefix)) && subtrees.has(nameOf(depth, beside))) break;
      subtrees.set(nameOf(depth, prefix), { depth, prefix });
      subtrees.set(nameOf(depth, beside), { depth, prefix: beside });
    }
  return [...subtrees.values()];
}
