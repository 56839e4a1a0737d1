import { subjectsNamed } from '../../core/bundle/subjects.js';
import { AditError } from '../../core/errors.js';
import type { AditEvent } from '../../core/event/event.js';
import { decodeBase64url } from '../../core/event/grammar.js';
import { subjectKey } from '../../core/log/sealed-index.js';
import { sha256 } from '../../platform/sha256.js';
import type { Queryable } from '../database/rows.js';
import { type StoredEntry, entriesBetween } from '../ledger/read/read-log.js';
import { rereadEntry } from '../ledger/read/reread-event.js';
import { type Additions, type IndexState, addToLeaves, cutFor, prefixOf, recut, rehash } from './index-rows.js';

/** Parses the text of an entry of a log. */
type ReadEntry = (jws: string, log: string) => AditEvent;

/**
 * Adds the entries from `state.size` up to `to` to the index and rehashes the changed subtrees; the cost is
 * proportional to the entries. Call it in a transaction that has locked the row of the state.
 * @param read parses an entry; by default one that this process has admitted.
 */
export async function extendIndex(
  db: Queryable,
  origin: string,
  state: IndexState,
  to: number,
  read: ReadEntry = rereadEntry,
): Promise<IndexState> {
  const additions = additionsOf(await consecutive(db, state.size, to), (jws) => read(jws, origin));
  const keeps = state.before !== null;
  const leaves = state.leaves + (await addToLeaves(db, additions, keeps));
  const cut = Math.max(state.cut, cutFor(leaves));
  const changed = [...additions.values()].map(({ key }) => prefixOf(key, cut));
  const root = cut === state.cut ? await rehash(db, cut, [...new Set(changed)], keeps) : await recut(db, cut, keeps);
  const next: IndexState = { ...state, size: to, root: Buffer.from(root.hash), cut, leaves, entry: null };
  await db.query('UPDATE index_state SET size = $1, root = $2, cut = $3, leaves = $4, entry = NULL', [
    next.size,
    next.root,
    next.cut,
    next.leaves,
  ]);
  return next;
}

/** Returns the entries [from, to). Throws `log-halted` if one is missing. */
async function consecutive(db: Queryable, from: number, to: number): Promise<StoredEntry[]> {
  const entries = await entriesBetween(db, from, to);
  if (entries.length !== to - from) throw new AditError('log-halted', `Entries between ${from} and ${to} are missing.`);
  return entries;
}

function additionsOf(entries: readonly StoredEntry[], read: (jws: string) => AditEvent): Additions {
  const additions: Additions = new Map();
  for (const { jws } of entries) {
    const event = read(jws);
    for (const subject of subjectsNamed(event)) {
      const known = additions.get(subject) ?? { key: subjectKey(subject, sha256), ids: [] };
      known.ids.push(decodeBase64url(event.id));
      additions.set(subject, known);
    }
  }
  return additions;
}
