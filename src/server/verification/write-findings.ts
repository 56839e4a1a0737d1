import { fingerprint } from '../../core/rules/fingerprint.js';
import type { Judgement } from '../../core/rules/rule.js';
import type { Queryable } from '../database/rows.js';

/** A damaged row may name anything as its lot; only what has the form of one can be asked for. */
const LOT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whoever writes findings, a worker or an audit, holds this row: so `change` grows in the order of commits. */
export async function lockCursor(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ next: number }>('SELECT next FROM verification_cursor FOR UPDATE');
  const row = rows[0];
  if (row === undefined) throw new Error('The row that holds the cursor of the verifiers is missing.');
  return row.next;
}

/**
 * Makes the table say what the judgements say: opens what is new, reopens what has come back, closes what was judged
 * and not found again. Running it twice changes nothing the second time. The caller holds the cursor's row.
 * @param now the log's time, ms. @returns how many findings opened, reopened, closed or changed their severity.
 */
export async function writeFindings(db: Queryable, judgements: readonly Judgement[], now: number): Promise<number> {
  const opened = await openFindings(db, judgements, now);
  return opened + (await closeFindings(db, judgements, now));
}

async function openFindings(db: Queryable, judgements: readonly Judgement[], now: number): Promise<number> {
  const found = judgements.flatMap(({ findings }) =>
    findings.map(({ firstIndex, lots, ...finding }) => ({
      ...finding,
      lots: [...new Set(lots)].filter((lot) => LOT.test(lot)),
      fingerprint: fingerprint(finding),
      first_index: firstIndex,
    })),
  );
  if (found.length === 0) return 0;
  const before = await lastChange(db);
  await db.query(
    `INSERT INTO findings AS f (fingerprint, rule, version, severity, status, subject, cause, lots, events, measured,
                                threshold, detail, first_index, first_opened, opened_at)
     SELECT DISTINCT ON (fingerprint)
            fingerprint, rule, version, severity, 'open', subject, cause, lots, events, measured,
            threshold, detail, first_index, $2::bigint, $2::bigint
       FROM json_to_recordset($1) AS found (fingerprint text, rule text, version integer, severity text, subject text,
            cause text, lots uuid[], events text[], measured text, threshold text, detail text, first_index bigint)
     ON CONFLICT (fingerprint) DO UPDATE SET
       version = EXCLUDED.version, severity = EXCLUDED.severity, status = 'open', lots = EXCLUDED.lots,
       events = EXCLUDED.events, measured = EXCLUDED.measured, threshold = EXCLUDED.threshold,
       detail = EXCLUDED.detail, first_index = EXCLUDED.first_index, closed_at = NULL,
       opened_at = CASE f.status WHEN 'closed' THEN EXCLUDED.opened_at ELSE f.opened_at END,
       reopened = f.reopened + (f.status = 'closed')::integer,
       change = CASE WHEN f.status = 'closed' OR f.severity <> EXCLUDED.severity
                     THEN nextval('finding_changes') ELSE f.change END
     WHERE (f.status, f.version, f.severity, f.lots, f.events, f.measured, f.threshold, f.detail)
        IS DISTINCT FROM
           ('open', EXCLUDED.version, EXCLUDED.severity, EXCLUDED.lots, EXCLUDED.events, EXCLUDED.measured,
            EXCLUDED.threshold, EXCLUDED.detail)`,
    [JSON.stringify(found), now],
  );
  const { rows } = await db.query<{ count: number }>('SELECT count(*) AS count FROM findings WHERE change > $1', [
    before,
  ]);
  return rows[0]?.count ?? 0;
}

async function lastChange(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ last: number }>('SELECT COALESCE(max(change), 0) AS last FROM findings');
  return rows[0]?.last ?? 0;
}

async function closeFindings(db: Queryable, judgements: readonly Judgement[], now: number): Promise<number> {
  const judged = judgements.flatMap(({ rule, subjects }): { rule: string; subject: string | null }[] =>
    subjects === 'all' ? [{ rule, subject: null }] : [...new Set(subjects)].map((subject) => ({ rule, subject })),
  );
  if (judged.length === 0) return 0;
  const found = judgements.flatMap(({ findings }) => findings.map(fingerprint));
  const { rowCount } = await db.query(
    `UPDATE findings AS f SET status = 'closed', closed_at = $3, change = nextval('finding_changes')
       FROM json_to_recordset($1) AS judged (rule text, subject text)
      WHERE f.status = 'open' AND f.rule = judged.rule AND (judged.subject IS NULL OR f.subject = judged.subject)
        AND NOT f.fingerprint = ANY($2::text[])`,
    [JSON.stringify(judged), found, now],
  );
  return rowCount ?? 0;
}
