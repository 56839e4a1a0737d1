import { eventRules } from '../../core/rules/index.js';
import { sha256 } from '../../platform/sha256.js';
import type { Queryable } from '../database/rows.js';
import { lockCursor } from './write-findings.js';

/** The rules of this build by id and version, as one hash: another one means that older entries are judged anew. */
export const rulesFingerprint = (): string => {
  const rules = eventRules.map(({ id, version }) => `${id}:${version}`).toSorted();
  return Buffer.from(sha256(new TextEncoder().encode(rules.join('\n')))).toString('hex');
};

/** Which entries are still to be judged by the newest rules: from `next` up to `until`; none where they are equal. */
export interface OlderEntries {
  next: number;
  until: number;
}

/** Notes that all entries judged so far are to be judged anew, where they were judged by other rules. Returns whether they are. */
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

/** Notes how far older entries were judged anew. */
export async function judgedOlder(db: Queryable, next: number, until: number): Promise<void> {
  const done = next >= until;
  await db.query('UPDATE verification_cursor SET again = $1, again_until = $2', done ? [null, null] : [next, until]);
}
