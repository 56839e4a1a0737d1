import { findingId, fingerprint } from '../../../core/rules/engine/fingerprint.js';
import type { Parameters } from '../../../core/rules/index.js';
import type { JudgedEvent } from '../../../core/rules/engine/facts.js';
import type { Judgement, Severity } from '../../../core/rules/engine/rule.js';
import type { Queryable } from '../../database/rows.js';
import { rankInSql } from '../../database/severity-rank.js';

const HOUR = 3_600_000;

/** Form of a lot id; a damaged row may contain anything, which a query would reject. */
const LOT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Locks the row that every writer of findings (worker or audit) holds, so that `change` grows in the order of commits.
 * Returns the cursor.
 */
export async function lockCursor(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ next: number }>('SELECT next FROM verification_cursor FOR UPDATE');
  const row = rows[0];
  if (row === undefined) throw new Error('The row that holds the cursor of the verifiers is missing.');
  return row.next;
}

/** Log and thresholds of findings; `now` is the log's clock, ms. */
export interface Basis {
  log: string;
  parameters: Pick<Parameters, 'version' | 'answerWithinHours'>;
  now: number;
}

/**
 * Leaves new entries out of the judged subjects: nothing that was found before is about them, so nothing is to be closed or
 * deleted.
 */
export function withoutNew(judgements: readonly Judgement[], fresh: readonly JudgedEvent[]): Judgement[] {
  const ids = new Set(fresh.map(({ event }) => event.id));
  return judgements.map(({ subjects, ...judgement }) => ({
    ...judgement,
    subjects: subjects === 'all' ? subjects : subjects.filter((subject) => !ids.has(subject)),
  }));
}

/**
 * Writes the judgements as findings: opens new ones, reopens those that came back, closes those not found again, and
 * records undecided questions. Idempotent. The caller holds the cursor's row.
 * @returns how many findings opened, reopened, closed, or changed their severity, root or first entry.
 */
export async function writeFindings(db: Queryable, judgements: readonly Judgement[], basis: Basis): Promise<number> {
  const opened = await openFindings(db, judgements, basis);
  await writeUndecided(db, judgements);
  return opened + (await closeFindings(db, judgements, basis.now));
}

/** Returns the time by which a finding must be answered, ms. */
function dueAt(severity: Severity, { parameters, now }: Basis): number | null {
  const hours = parameters.answerWithinHours[severity];
  return hours === null ? null : now + hours * HOUR;
}

/**
 * Opens findings. An answered finding stays answered while its events stay the same; new evidence, or a higher
 * severity, reopens it.
 */
async function openFindings(db: Queryable, judgements: readonly Judgement[], basis: Basis): Promise<number> {
  const found = judgements.flatMap(({ findings }) =>
    findings.map(({ firstIndex, lots, root, ...finding }) => ({
      ...finding,
      root: root ?? finding.subject,
      id: findingId(basis.log, finding),
      lots: [...new Set(lots)].filter((lot) => LOT.test(lot)),
      fingerprint: fingerprint(finding),
      first_index: firstIndex,
      due_at: dueAt(finding.severity, basis),
    })),
  );
  if (found.length === 0) return 0;
  const before = await lastChange(db);
  await db.query(
    `INSERT INTO findings AS f (id, fingerprint, rule, version, severity, status, subject, cause, root, lots, events, measured,
                                threshold, detail, first_index, first_opened, opened_at, parameters, due_at)
     SELECT DISTINCT ON (fingerprint)
            id, fingerprint, rule, version, severity, 'open', subject, cause, root, lots, events, measured,
            threshold, detail, first_index, $2::bigint, $2::bigint, $3::integer, due_at
       FROM json_to_recordset($1) AS found (id uuid, fingerprint text, rule text, version integer, severity text,
            subject text, cause text, root text, lots uuid[], events text[], measured text, threshold text, detail text,
            first_index bigint, due_at bigint)
     ON CONFLICT (fingerprint) DO UPDATE SET
       version = EXCLUDED.version, severity = EXCLUDED.severity, root = EXCLUDED.root, lots = EXCLUDED.lots,
       events = EXCLUDED.events, measured = EXCLUDED.measured, threshold = EXCLUDED.threshold,
       detail = EXCLUDED.detail, first_index = EXCLUDED.first_index, parameters = EXCLUDED.parameters,
       status = CASE WHEN ${comesBack} THEN 'open' ELSE f.status END,
       closed_at = CASE WHEN ${comesBack} THEN NULL ELSE f.closed_at END,
       answered = CASE WHEN ${comesBack} THEN NULL ELSE f.answered END,
       due_at = CASE WHEN ${comesBack} THEN EXCLUDED.due_at ELSE f.due_at END,
       opened_at = CASE WHEN ${comesBack} AND f.status <> 'open' THEN EXCLUDED.opened_at ELSE f.opened_at END,
       reopened = f.reopened + (${comesBack} AND f.status <> 'open')::integer,
       change = CASE WHEN ${comesBack} AND f.status <> 'open'
                       OR (f.severity, f.root, f.first_index) IS DISTINCT FROM (EXCLUDED.severity, EXCLUDED.root, EXCLUDED.first_index)
                     THEN nextval('finding_changes') ELSE f.change END
     WHERE f.status = 'closed' AND f.answered IS NULL
        OR (f.version, f.severity, f.root, f.lots, f.events, f.measured, f.threshold, f.detail, f.first_index, f.parameters)
        IS DISTINCT FROM
           (EXCLUDED.version, EXCLUDED.severity, EXCLUDED.root, EXCLUDED.lots, EXCLUDED.events, EXCLUDED.measured,
            EXCLUDED.threshold, EXCLUDED.detail, EXCLUDED.first_index, EXCLUDED.parameters)`,
    [JSON.stringify(found), basis.now, basis.parameters.version],
  );
  const { rows } = await db.query<{ count: number }>('SELECT count(*) AS count FROM findings WHERE change > $1', [
    before,
  ]);
  return rows[0]?.count ?? 0;
}

/** Whether an upsert reopens a finding: it was closed, or has more evidence than was answered. */
const comesBack = `(f.answered IS NULL OR NOT f.events @> EXCLUDED.events
  OR ${rankInSql('EXCLUDED.severity')}
   > ${rankInSql('f.severity')})`;

/** Whether evidence of a finding was erased; then its cause can no longer be checked. */
const isFrozen = `EXISTS (SELECT FROM disclosures AS d
                           WHERE d.event = ANY(f.events) AND d.ciphertext IS NULL)`;

/** Returns the judged subjects of those rules that have open findings, or undecided ones; most rules have none. */
async function judgedAgain(
  db: Queryable,
  where: 'open' | 'undecided',
  judgements: readonly Judgement[],
): Promise<{ rule: string; subject: string | null }[]> {
  const exists =
    where === 'open'
      ? "SELECT FROM findings AS f WHERE f.rule = asked.rule AND f.status <> 'closed'"
      : 'SELECT FROM undecided AS u WHERE u.rule = asked.rule';
  const { rows } = await db.query<{ rule: string }>(
    `SELECT asked.rule FROM unnest($1::text[]) AS asked (rule) WHERE EXISTS (${exists})`,
    [[...new Set(judgements.map(({ rule }) => rule))]],
  );
  const noted = new Set(rows.map(({ rule }) => rule));
  return judgements
    .filter(({ rule }) => noted.has(rule))
    .flatMap(({ rule, subjects }): { rule: string; subject: string | null }[] =>
      subjects === 'all' ? [{ rule, subject: null }] : [...new Set(subjects)].map((subject) => ({ rule, subject })),
    );
}

/** Replaces the undecided questions of what was judged now. */
async function writeUndecided(db: Queryable, judgements: readonly Judgement[]): Promise<void> {
  const again = (await judgedAgain(db, 'undecided', judgements)).filter(({ subject }) => subject !== null);
  const undecided = judgements.flatMap((judgement) =>
    judgement.undecided.map(({ subject, lots, reason }) => ({
      rule: judgement.rule,
      subject,
      lots: [...new Set(lots)].filter((lot) => LOT.test(lot)),
      reason,
    })),
  );
  if (again.length > 0)
    await db.query(
      `DELETE FROM undecided AS u USING unnest($1::text[], $2::text[]) AS judged (rule, subject)
        WHERE u.rule = judged.rule AND u.subject = judged.subject`,
      [again.map(({ rule }) => rule), again.map(({ subject }) => subject)],
    );
  if (undecided.length === 0) return;
  await db.query(
    `INSERT INTO undecided SELECT DISTINCT ON (rule, subject) * FROM json_populate_recordset(NULL::undecided, $1)
     ON CONFLICT (rule, subject) DO UPDATE SET lots = EXCLUDED.lots, reason = EXCLUDED.reason`,
    [JSON.stringify(undecided)],
  );
}

async function lastChange(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ last: number }>('SELECT COALESCE(max(change), 0) AS last FROM findings');
  return rows[0]?.last ?? 0;
}

async function closeFindings(db: Queryable, judgements: readonly Judgement[], now: number): Promise<number> {
  const again = await judgedAgain(db, 'open', judgements);
  if (again.length === 0) return 0;
  const found = judgements.flatMap(({ findings }) => findings.map(fingerprint));
  const { rowCount } = await db.query(
    `UPDATE findings AS f SET status = 'closed', closed_at = $3, answered = NULL, due_at = NULL, change = nextval('finding_changes')
       FROM json_to_recordset($1) AS judged (rule text, subject text)
      WHERE f.status <> 'closed' AND f.rule = judged.rule AND (judged.subject IS NULL OR f.subject = judged.subject)
        AND NOT f.fingerprint = ANY($2::text[]) AND NOT ${isFrozen}`,
    [JSON.stringify(again), found, now],
  );
  return rowCount ?? 0;
}
