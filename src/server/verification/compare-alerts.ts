import type { Queryable } from '../database/rows.js';
import type { Difference } from '../ledger/compare-projections.js';
import { type RangeComparison, type RangePace, compareByRanges, readByRanges } from '../ledger/key-range.js';

interface Row {
  key: string;
  column: string;
  stored: string | null;
  computed: string | null;
  lots: string[] | null;
}

const STATE = `CASE f.status WHEN 'open' THEN 'open' WHEN 'explained' THEN 'answered' WHEN 'mitigated' THEN 'answered' ELSE 'done' END`;
const RANKS = `ARRAY['low', 'medium', 'high', 'critical']`;

/** The number that a sequence gave out last. */
const lastOf = (sequence: string): string =>
  `(SELECT COALESCE(max(last_value), 0) AS last FROM pg_sequences WHERE schemaname = 'public' AND sequencename = '${sequence}') AS s`;

/** Cursors that are ahead of the numbers that were given out; each moves in the transaction that writes the rows. */
const CURSORS: readonly (readonly [table: string, sql: string])[] = [
  [
    'alert_cursor',
    `SELECT 'single=true' AS key, 'change' AS column, c.change::text AS stored, s.last::text AS computed, NULL::uuid[] AS lots
       FROM alert_cursor AS c, ${lastOf('finding_changes')} WHERE c.change > s.last`,
  ],
  [
    'routing_cursor',
    `SELECT 'single=true' AS key, 'number' AS column, c.number::text AS stored, s.last::text AS computed, NULL::uuid[] AS lots
       FROM routing_cursor AS c, ${lastOf('alert_numbers')} WHERE c.number > s.last`,
  ],
];

interface Comparison extends RangeComparison {
  table: string;
}

/** In the session of a replay the unqualified name is that of its shadow. Each names rows that do not follow from the findings. */
const COMPARISONS: readonly Comparison[] = [
  {
    table: 'alert_findings',
    key: ['finding'],
    sides: [
      { from: 'alert_findings' },
      {
        from: `(SELECT id AS finding, status, severity, lots FROM public.findings
                 WHERE change <= (SELECT change FROM alert_cursor)) AS known`,
      },
    ],
    sql: (members, findings) => `
      SELECT 'finding=' || COALESCE(f.finding, m.finding) AS key, 'state, severity' AS column,
             m.state || ', ' || m.severity AS stored, ${STATE} || ', ' || array_position(${RANKS}, f.severity) AS computed,
             COALESCE(f.lots, a.lots) AS lots
        FROM ${findings} AS f FULL JOIN ${members} AS m ON m.finding = f.finding LEFT JOIN alerts AS a ON a.id = m.alert
       WHERE CASE WHEN f.finding IS NULL THEN NOT EXISTS (SELECT FROM public.findings WHERE id = m.finding)
                  ELSE (m.state, m.severity) IS DISTINCT FROM (${STATE}, array_position(${RANKS}, f.severity)) END`,
  },
  {
    table: 'alerts',
    key: ['id'],
    sides: [{ from: 'alerts' }, { from: '(SELECT alert AS id, finding, state FROM alert_findings) AS members' }],
    sql: (alerts, members) => `
      SELECT 'id=' || COALESCE(a.id, m.id) AS key, 'rule, root, open_findings, answered_findings' AS column,
             concat_ws(', ', a.rule, a.root, a.open_findings, a.answered_findings) AS stored,
             concat_ws(', ', m.rule, m.root, m.open, m.answered) AS computed, a.lots
        FROM ${alerts} AS a
        FULL JOIN (SELECT m.id, min(f.rule) AS rule, min(f.root) AS root, count(*) FILTER (WHERE m.state = 'open') AS open,
                          count(*) FILTER (WHERE m.state = 'answered') AS answered
                     FROM ${members} AS m JOIN public.findings AS f ON f.id = m.finding GROUP BY m.id) AS m ON m.id = a.id
       WHERE a.id IS NULL OR m.id IS NULL OR (a.open_findings, a.answered_findings) <> (m.open, m.answered)
          OR a.rule <> m.rule`,
  },
  {
    table: 'alerts',
    key: ['id'],
    sides: [{ from: 'alerts' }, { from: 'alerts' }],
    sql: (alerts) => `
      SELECT 'id=' || a.id AS key, 'status' AS column, a.status AS stored,
             CASE WHEN a.open_findings > 0 THEN 'open' WHEN a.answered_findings > 0 THEN 'acknowledged' ELSE 'resolved' END AS computed, a.lots
        FROM ${alerts} AS a
       WHERE a.status <> CASE WHEN a.open_findings > 0 THEN 'open' WHEN a.answered_findings > 0 THEN 'acknowledged' ELSE 'resolved' END
         AND NOT EXISTS (SELECT FROM alert_changes AS c WHERE c.alert = a.id AND c.status = a.status)`,
  },
  {
    table: 'notices',
    key: ['number'],
    sides: [{ from: 'notices' }, { from: 'notices' }],
    sql: (notices) => `
      SELECT 'number=' || n.number AS key, 'alert' AS column, n.alert::text AS stored, NULL AS computed, n.lots
        FROM ${notices} AS n WHERE NOT EXISTS (SELECT FROM alerts AS a WHERE a.id = n.alert AND a.rule = n.rule)`,
  },
];

/**
 * Compares alerts with the findings that they stand for: membership, counts, status and severity, and the cursors with the
 * numbers that were given out. What the desk did to an alert stands in `alert_changes`, and explains a status.
 */
export async function compareAlerts(
  db: Queryable,
  pace: RangePace = {},
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences: Difference[] = [];
  let anyTruncated = false;
  for (const [table, sql] of CURSORS) {
    const { rows } = await db.query<Row & Record<string, unknown>>(sql);
    differences.push(...rows.map((row) => asDifference(table, row)));
  }
  await readByRanges(db);
  for (const comparison of COMPARISONS) {
    const { rows, truncated } = await compareByRanges<Row>(db, comparison, pace);
    differences.push(...rows.map((row) => asDifference(comparison.table, row)));
    anyTruncated ||= truncated;
  }
  return { differences, truncated: anyTruncated };
}

const asDifference = (table: string, { key, column, stored, computed, lots }: Row): Difference => ({
  table,
  key,
  column,
  stored,
  replayed: computed,
  lots: lots ?? [],
  index: null,
});
