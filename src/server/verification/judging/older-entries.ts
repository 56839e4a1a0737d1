import { type Parameters, eventRules } from '../../../core/rules/index.js';
import { sha256 } from '../../../platform/sha256.js';
import type { Queryable } from '../../database/rows.js';
import { lockCursor } from './write-findings.js';

const listOf = ({ list }: Parameters['sanctionedParty']): string => (list === null ? '' : `:${list.sha256}`);

/**
 * Returns one hash of this build's rules by id and version, of the versions of their parameters, and of the list of sanctions; a new hash means that
 * older entries are re-evaluated.
 */
export const rulesFingerprint = (sets: readonly Parameters[]): string => {
  const rules = [
    ...eventRules.map(({ id, version }) => `${id}:${version}`).toSorted(),
    ...sets.map(({ version, from, sanctionedParty }) => `parameters:${version}:${from}${listOf(sanctionedParty)}`),
  ];
  return Buffer.from(sha256(new TextEncoder().encode(rules.join('\n')))).toString('hex');
};

/** Older entries that the newest rules have not judged: from `next` up to `until`; none if equal. */
export interface OlderEntries {
  next: number;
  until: number;
}

/** Records the rules of the first entries of a ledger. */
export async function recordRules(db: Queryable, rules: string): Promise<void> {
  await db.query('UPDATE verification_cursor SET rules = $1 WHERE next = 0', [rules]);
}

/** Enqueues all judged entries for re-evaluation if other rules judged them. Returns whether it did. */
export async function queueOlderEntries(db: Queryable, rules: string): Promise<boolean> {
  const judged = await lockCursor(db);
  const { rowCount } = await db.query(
    `UPDATE verification_cursor SET rules = $1, again = CASE WHEN next > 0 THEN 0 END,
            again_until = CASE WHEN next > 0 THEN next END
      WHERE rules <> $1`,
    [rules],
  );
  return rowCount !== 0 && judged > 0;
}

export async function olderEntries(db: Queryable): Promise<OlderEntries> {
  const { rows } = await db.query<OlderEntries>(
    'SELECT COALESCE(again, 0) AS next, COALESCE(again_until, 0) AS until FROM verification_cursor',
  );
  return rows[0] ?? { next: 0, until: 0 };
}

/** Records how far older entries are re-evaluated. */
export async function judgedOlder(db: Queryable, next: number, until: number): Promise<void> {
  const done = next >= until;
  await db.query('UPDATE verification_cursor SET again = $1, again_until = $2', done ? [null, null] : [next, until]);
}
