import type { Facts } from '../../core/rules/facts.js';
import { handoverDeadlines, lotsInTransit } from '../../core/rules/handover-overdue.js';
import type { Parameters } from '../../core/rules/parameters.js';
import type { Queryable } from '../database/rows.js';

const KIND = 'handover-overdue';
/** Deadlines that are judged in one transaction at most. */
const DUE_AT_ONCE = 500;

/** Takes what is due by the log's time; the rows go when the transaction that judges them commits. */
export async function takeDue(db: Queryable, now: number | null): Promise<number[]> {
  if (now === null) return [];
  const { rows } = await db.query<{ index: number }>(
    `DELETE FROM deadlines WHERE (kind, event, due_at) IN (
       SELECT kind, event, due_at FROM deadlines WHERE due_at <= $1 ORDER BY due_at LIMIT ${DUE_AT_ONCE}
     ) RETURNING index`,
    [now],
  );
  return [...new Set(rows.map(({ index }) => index))];
}

/** Sets the deadlines of the dispatches just judged: none where all lots have arrived, those still to come elsewhere. */
export async function setDeadlines(db: Queryable, facts: Facts, parameters: Parameters): Promise<void> {
  if (facts.handovers.length === 0) return;
  const { now } = facts;
  await db.query('DELETE FROM deadlines WHERE kind = $1 AND event = ANY($2::text[])', [
    KIND,
    facts.handovers.map(({ event }) => event.id),
  ]);
  const rows = facts.handovers
    .filter((dispatch) => lotsInTransit(dispatch, facts.chains).length > 0)
    .flatMap((dispatch) =>
      handoverDeadlines(dispatch, facts.actors, parameters)
        .filter((due) => now === null || due > now)
        .map((due) => ({ kind: KIND, event: dispatch.event.id, index: dispatch.index, due_at: due })),
    );
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO deadlines SELECT * FROM json_populate_recordset(NULL::deadlines, $1) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** The time at which the next deadline falls due, ms since 1970 UTC; null: there is none. */
export async function nextDue(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ due_at: number }>('SELECT due_at FROM deadlines ORDER BY due_at LIMIT 1');
  return rows[0]?.due_at ?? null;
}
