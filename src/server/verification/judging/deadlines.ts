import { ruleById } from '../../../core/rules/index.js';
import type { Judgement } from '../../../core/rules/engine/rule.js';
import type { Queryable } from '../../database/rows.js';

/** Deadlines judged in one transaction at most. */
const DUE_AT_ONCE = 500;

/** Takes what is due by the log's clock; the rows are deleted when the transaction that judges them commits. */
export async function takeDue(db: Queryable, now: number | null, most: number): Promise<number[]> {
  if (now === null || most <= 0) return [];
  const { rows } = await db.query<{ index: number }>(
    `DELETE FROM deadlines WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM deadlines WHERE due_at <= $1 ORDER BY due_at LIMIT $2
     )) RETURNING index`,
    [now, Math.min(most, DUE_AT_ONCE)],
  );
  return [...new Set(rows.map(({ index }) => index))];
}

/** Writes the deadlines of the judgements: none for settled subjects, future ones for others. */
export async function setDeadlines(db: Queryable, judgements: readonly Judgement[], now: number | null): Promise<void> {
  const settled = judgements.flatMap(({ rule, subjects }) =>
    subjects === 'all' || ruleById.get(rule)?.deadlines === undefined
      ? []
      : subjects.map((subject) => ({ rule, subject })),
  );
  if (settled.length > 0)
    await db.query(
      `DELETE FROM deadlines WHERE ctid = ANY (ARRAY(
         SELECT due.ctid FROM unnest($1::text[], $2::text[]) AS settled (rule, subject)
          CROSS JOIN LATERAL (SELECT ctid FROM deadlines
                               WHERE kind = settled.rule AND event = settled.subject OFFSET 0) AS due
       ))`,
      [settled.map(({ rule }) => rule), settled.map(({ subject }) => subject)],
    );
  const rows = judgements.flatMap(({ rule, deadlines }) =>
    deadlines
      .filter(({ at }) => now === null || at > now)
      .map(({ subject, index, at }) => ({ kind: rule, event: subject, index, due_at: at })),
  );
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO deadlines SELECT * FROM json_populate_recordset(NULL::deadlines, $1) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Returns the time of the next deadline, ms since 1970 UTC; null: there is none. */
export async function nextDue(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ due_at: number }>('SELECT due_at FROM deadlines ORDER BY due_at LIMIT 1');
  return rows[0]?.due_at ?? null;
}
