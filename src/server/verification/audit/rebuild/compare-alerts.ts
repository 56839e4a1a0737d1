import type { Queryable } from '../../../database/rows.js';
import type { Difference } from '../../../ledger/replay/compare-projections.js';
import {
  type RangeComparison,
  type RangePace,
  compareByRanges,
  readByRanges,
} from '../../../ledger/replay/key-range.js';
import { rankInSql } from '../../../database/severity-rank.js';

interface Row {
  key: string;
  column: string;
  stored: string | null;
  computed: string | null;
  lots: string[] | null;
}

const STATE = `CASE f.status WHEN 'open' THEN 'open' WHEN 'explained' THEN 'answered' WHEN 'mitigated' THEN 'answered' ELSE 'done' END`;

/** The last number of a sequence. */
const lastOf = (sequence: string): string =>
  `(SELECT COALESCE(max(last_value), 0) AS last FROM pg_sequences WHERE schemaname = 'public' AND sequencename = '${sequence}') AS s`;

/** Queries for cursors ahead of the issued numbers; each cursor moves in the transaction that writes the rows. */
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

const same = (from: string, where?: string): Comparison['sides'] => [
  { from, where },
  { from, where },
];

/** Why an alert may be held back, as `TellAlerts` and `inhibitAlerts` have it; null: it may, or it is not. */
const TO_BE_TOLD = `CASE
  WHEN (a.silenced_by IS NOT NULL OR a.inhibited_by IS NOT NULL) AND a.rule LIKE 'record-%' THEN 'never held back'
  WHEN a.silenced_by IS NOT NULL AND NOT EXISTS (SELECT FROM silences AS s WHERE s.id = a.silenced_by AND a.tell_at <= s.until)
    THEN 'held back until the silence ends'
  WHEN a.inhibited_by IS NOT NULL AND NOT EXISTS (SELECT FROM alerts AS root WHERE root.id = a.inhibited_by) THEN 'inhibited by an alert'
  WHEN a.silenced_by IS NULL AND a.tell_at > now() + interval '2 days' THEN 'to be told sooner'
  WHEN a.status = 'open' AND COALESCE(a.told_status, 'resolved') = 'resolved' AND a.tell_at IS NULL AND a.inhibited_by IS NULL
    THEN 'to be told'
  WHEN a.told_at > (SELECT at FROM notices ORDER BY number LIMIT 1)
       AND NOT EXISTS (SELECT FROM notices AS n WHERE n.alert = a.id AND n.severity = a.told_severity
                          AND n.at BETWEEN a.told_at - interval '10 minutes' AND a.told_at) THEN 'told by a notice' END`;

/** Longest that an endpoint may be left alone: a day, as the longest Retry-After; one that sends has it for minutes. */
const LEFT_ALONE = `CASE
  WHEN s.paused_until > now() + interval '25 hours' THEN 'paused for a day at most'
  WHEN s.claim IS NOT NULL AND s.claimed_until > now() + interval '1 hour' THEN 'claimed for minutes' END`;

/** Longest that a delivery may wait: a digest or an escalation of seven days, and quiet hours. */
const WAITS = `CASE
  WHEN d.status = 'pending' AND d.next_at > GREATEST(d.created_at, now()) + interval '9 days' THEN 'due within nine days'
  WHEN d.status IN ('delivered', 'exhausted')
       AND NOT EXISTS (SELECT FROM delivery_attempts AS t WHERE t.delivery = d.id
                          AND (d.status = 'exhausted' OR t.failure IS NULL AND COALESCE(t.http_status, 250) BETWEEN 200 AND 299))
    THEN 'an attempt that ended so' END`;

/**
 * Queries for rows that do not follow from the findings. In a replay's session an unqualified name is the shadow table.
 */
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
             m.state || ', ' || m.severity AS stored, ${STATE} || ', ' || ${rankInSql('f.severity')} AS computed,
             COALESCE(f.lots, a.lots) AS lots
        FROM ${findings} AS f FULL JOIN ${members} AS m ON m.finding = f.finding LEFT JOIN alerts AS a ON a.id = m.alert
       WHERE CASE WHEN f.finding IS NULL THEN NOT EXISTS (SELECT FROM public.findings WHERE id = m.finding)
                  ELSE (m.state, m.severity) IS DISTINCT FROM (${STATE}, ${rankInSql('f.severity')}) END`,
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
  {
    table: 'alerts',
    key: ['id'],
    sides: same('alerts'),
    sql: (alerts) => `
      SELECT 'id=' || a.id AS key, 'silenced_by, inhibited_by, tell_at, told_at' AS column,
             concat_ws(', ', a.silenced_by, a.inhibited_by, a.tell_at, a.told_at) AS stored, ${TO_BE_TOLD} AS computed, a.lots
        FROM ${alerts} AS a WHERE ${TO_BE_TOLD} IS NOT NULL`,
  },
  {
    table: 'subscriptions',
    key: ['id'],
    sides: same('subscriptions'),
    sql: (subscriptions) => `
      SELECT 'id=' || s.id AS key, 'paused_until, claimed_until' AS column,
             concat_ws(', ', s.paused_until, s.claimed_until) AS stored, ${LEFT_ALONE} AS computed, NULL::uuid[] AS lots
        FROM ${subscriptions} AS s WHERE ${LEFT_ALONE} IS NOT NULL`,
  },
  {
    table: 'deliveries',
    key: ['id'],
    sides: same('deliveries'),
    sql: (deliveries) => `
      SELECT 'id=' || d.id AS key, 'status, next_at' AS column, concat_ws(', ', d.status, d.next_at) AS stored,
             ${WAITS} AS computed, NULL::uuid[] AS lots
        FROM ${deliveries} AS d WHERE ${WAITS} IS NOT NULL`,
  },
];

/**
 * Compares alerts with their findings: membership, counts, status and severity, and the cursors with the issued
 * numbers. Decisions of people in `alert_changes` explain a status.
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
