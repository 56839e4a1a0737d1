import { type Judgement } from '../../../core/rules/engine/rule.js';
import { eventRules } from '../../../core/rules/index.js';
import { ruleFailed } from '../../../core/rules/engine/rule-failed.js';
import type { Queryable } from '../../database/rows.js';

/** An entry that no step can judge, with the data of its row. */
export interface EntrySetAside {
  index: number;
  id: string;
  lots: string[];
}

/** Reads the row of the next entry without its text, which may cause the failure; null: there is none. */
export async function entryFrom(db: Queryable, from: number): Promise<EntrySetAside | null> {
  const { rows } = await db.query<EntrySetAside>(
    `SELECT e.index, e.id,
            ARRAY(SELECT lot::text FROM lot_events WHERE index = e.index
                  UNION SELECT lot::text FROM attestations WHERE index = e.index) AS lots
       FROM entries AS e WHERE e.index >= $1 ORDER BY e.index LIMIT 1`,
    [from],
  );
  return rows[0] ?? null;
}

/** Returns the judgement of every rule on an entry that is set aside: undecided, with a finding for the operator. */
export function judgedAside({ index, id, lots }: EntrySetAside, reason: string): Judgement[] {
  const undecided = [{ subject: id, lots, reason: `The rule failed: the entry was set aside, ${reason}` }];
  const judgements = eventRules.map((rule): Judgement => ({
    rule: rule.id,
    subjects: [],
    findings: [],
    undecided,
    deadlines: [],
  }));
  const finding: Judgement['findings'][number] = {
    rule: ruleFailed.id,
    version: ruleFailed.version,
    severity: 'high',
    subject: `entries index=${index}`,
    cause: 'set-aside',
    lots: [],
    events: [],
    measured: reason.slice(0, 200),
    threshold: 'an answer',
    detail: `Entry ${index} could not be judged and was set aside; what the rules ask of it is undecided. This is for whoever operates the service.`,
    firstIndex: index,
  };
  return [...judgements, { rule: ruleFailed.id, subjects: [], undecided: [], findings: [finding], deadlines: [] }];
}
