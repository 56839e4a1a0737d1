import { MAX_STATED, type Statement, rulesOutside, signStatement } from '../../core/bundle/statement.js';
import type { Signer } from '../../core/event/signer.js';
import type { Queryable } from '../database/rows.js';

/** Ancestors of a lot that a statement covers at most: those of a bundle. */
const MAX_LOTS = 20_000;
const LONGEST = 200;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

type Row = Statement['findings'][number];

/** Signs what the workers found, on a lot and its ancestors, by the rules that a bundle alone cannot decide. */
export async function stateFindings(db: Queryable, log: string, lot: string, signer: Signer): Promise<string> {
  const [{ rows: judged }, { rows }] = await Promise.all([
    db.query<{ next: number; time: number | null }>(
      `SELECT next, (SELECT time FROM clocks WHERE index < next ORDER BY index DESC LIMIT 1) AS time
         FROM verification_cursor`,
    ),
    db.query<Row & { total: number }>(
      `WITH scope AS (SELECT array_agg(lot) AS lots FROM with_ancestors(ARRAY[$1::uuid], $3) AS reached (lot))
       SELECT rule, severity, status, measured, threshold, count(*) OVER ()::int AS total,
              (SELECT count(*)::int FROM unnest(findings.lots) AS named (lot) WHERE named.lot = ANY(scope.lots)) AS lots
         FROM findings, scope
        WHERE status NOT IN ('closed', 'dismissed') AND findings.lots && scope.lots AND rule = ANY($2::text[])
        ORDER BY opened_at, id LIMIT $4`,
      [lot, rulesOutside, MAX_LOTS, MAX_STATED],
    ),
  ]);
  const [{ next, time } = { next: 0, time: null }] = judged;
  const findings = rows.map(({ total: _total, measured, threshold, ...row }) => ({
    ...row,
    measured: cut(measured),
    threshold: cut(threshold),
  }));
  const at = time === null ? null : new Date(time).toISOString();
  const more = (rows[0]?.total ?? 0) - rows.length;
  return signStatement({ log, lot, judged: next, at, findings, more }, signer);
}
