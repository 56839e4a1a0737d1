import {
  type Answer as AnswerKind,
  OFFICIAL_ROLES,
  boundOf,
  hasSayIn,
  mayAnswer,
  mitigationDue,
  statusAfter,
} from '../../../core/rules/engine/answers.js';
import { type JudgedEvent, type JudgedOf, isType } from '../../../core/rules/engine/facts.js';
import type { Queryable } from '../../database/rows.js';
import { countriesOfSigners } from '../../ledger/disclosures/disclosure-rows.js';

/** Name of mitigations' deadlines among those of the rules. */
const MITIGATION = 'mitigation';

/** `isCovered` of the core, in SQL. */
const IS_COVERED = 'named.root <> named.subject AND other.root <> other.subject';

interface Answer {
  finding: string;
  index: number;
  event: string;
  by_actor: string;
  answer: AnswerKind;
  reason: string;
  due_on: string | null;
  due_at: number | null;
}

const answerOf = ({ index, event }: JudgedOf<'finding.answered'>): Answer => {
  const { finding, answer, reason, dueOn = null } = event.payload;
  const due_at = mitigationDue(event.payload);
  return { finding, index, event: event.id, by_actor: event.iss, answer, reason, due_on: dueOn, due_at };
};

/**
 * Applies the answers among the entries that `mayAnswer` accepts. An expired mitigation reopens its finding.
 * @returns how many findings changed their status.
 */
export async function settleFindings(db: Queryable, entries: readonly JudgedEvent[], now: number): Promise<number> {
  const answers = entries.filter((entry) => isType(entry, 'finding.answered')).map(answerOf);
  let changed = 0;
  for (const answer of answers) {
    if (await isNoted(db, answer)) changed += await reopenOverdue(db, answer, now);
    else changed += await applyToAll(db, answer, now);
  }
  return changed;
}

async function isNoted(db: Queryable, { finding, index }: Answer): Promise<boolean> {
  const { rows } = await db.query('SELECT FROM finding_answers WHERE finding = $1 AND index = $2', [finding, index]);
  return rows.length > 0;
}

/** Applies an answer to the finding that it names and to all others of the same cause. */
async function applyToAll(db: Queryable, answer: Answer, now: number): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT other.id FROM findings AS named
       JOIN findings AS other ON other.rule = named.rule AND other.root = named.root AND other.id <> named.id
      WHERE named.id = $1 AND ${IS_COVERED} AND (other.first_index IS NULL OR other.first_index < $2)`,
    [answer.finding, answer.index],
  );
  let changed = await applyAnswer(db, answer, now);
  for (const { id } of rows) changed += await applyAnswer(db, { ...answer, finding: id }, now);
  return changed;
}

async function applyAnswer(db: Queryable, answer: Answer, now: number): Promise<number> {
  const { due_at, ...row } = answer;
  const { counts, official } = await isHeeded(db, answer);
  await db.query(
    `INSERT INTO finding_answers
     SELECT * FROM json_populate_record(NULL::finding_answers, $1) ON CONFLICT DO NOTHING`,
    [JSON.stringify({ ...row, counts, official })],
  );
  if (!counts) return 0;
  if (due_at !== null && due_at > now)
    await db.query(
      'INSERT INTO deadlines (kind, event, index, due_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [MITIGATION, answer.event, answer.index, due_at],
    );
  const status = statusAfter[answer.answer];
  const { rowCount } = await db.query(
    `UPDATE findings SET status = $2, answered = $3, due_at = $4, change = nextval('finding_changes'),
            closed_at = CASE WHEN $2 = 'closed' THEN $5::bigint END
      WHERE id = $1 AND status <> 'closed'`,
    [answer.finding, status, answer.index, due_at, now],
  );
  return rowCount ?? 0;
}

interface PendingQuestion {
  roles: string[];
  country: string | null;
  named: boolean;
  /** Events of the finding, and the countries of its lots. */
  shown: { id: string; text: string }[];
  holders: (string | null)[];
}

async function isHeeded(
  db: Queryable,
  { finding, by_actor, answer }: Answer,
): Promise<{ counts: boolean; official: boolean }> {
  const { rows } = await db.query<PendingQuestion>(
    `SELECT answering.roles, answering.country,
            EXISTS (SELECT FROM lots WHERE id = ANY(f.lots) AND holder = $2)
         OR EXISTS (SELECT FROM entries AS e JOIN filings ON filings.index = e.index
                     WHERE e.id = ANY(f.events) AND filings.subject = 'signed-by:' || $2) AS named,
            ARRAY(SELECT json_build_object('id', id, 'text', jws) FROM entries WHERE id = ANY(f.events)) AS shown,
            ARRAY(SELECT holding.country FROM lots JOIN actors AS holding ON holding.id = lots.holder
                   WHERE lots.id = ANY(f.lots)) AS holders
       FROM findings AS f, actors AS answering WHERE f.id = $1 AND answering.id = $2`,
    [finding, by_actor],
  );
  const [asked] = rows;
  if (asked === undefined) return { counts: false, official: false };
  const { roles, country, named, shown, holders } = asked;
  const official =
    roles.some((role) => OFFICIAL_ROLES.includes(role)) &&
    hasSayIn(boundOf(roles, country), [...(await countriesOfSigners(db, shown)).values(), ...holders]);
  return { counts: mayAnswer(answer, { official, named }), official };
}

async function reopenOverdue(db: Queryable, { index, due_at }: Answer, now: number): Promise<number> {
  if (due_at === null || now < due_at) return 0;
  const { rowCount } = await db.query(
    `UPDATE findings SET status = 'open', opened_at = $2, due_at = NULL, reopened = reopened + 1,
            change = nextval('finding_changes')
      WHERE status = 'mitigated' AND answered = $1`,
    [index, now],
  );
  return rowCount ?? 0;
}
