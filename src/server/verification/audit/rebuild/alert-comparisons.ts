import { OPERATOR } from '../../../../core/access/owner.js';
import { SEVERITIES, rankInSql } from '../../../database/severity-rank.js';
import { type Relation, type RangeComparison } from '../../../ledger/replay/key-range.js';

/** A comparison of one table; its rows have `key`, `column`, `stored`, `computed` and `lots`. */
export interface TableComparison extends RangeComparison {
  table: string;
}

/** One relation on both sides, for rows that are compared with what they name. */
export const same = (from: string): [Relation, Relation] => [{ from }, { from }];

const STATE = `CASE f.status WHEN 'open' THEN 'open' WHEN 'explained' THEN 'answered' WHEN 'mitigated' THEN 'answered' ELSE 'done' END`;
/** The first entry of a finding; the largest number where there is none. */
const FIRST = `COALESCE(f.first_index, ${Number.MAX_SAFE_INTEGER})`;

/** Each finding that alerts have followed is in the alert of its rule and root. */
const members: TableComparison = {
  table: 'alert_findings',
  key: ['finding'],
  sides: [
    { from: 'alert_findings' },
    {
      from: `(SELECT id AS finding, rule, root, status, severity, lots, first_index FROM public.findings
               WHERE change <= (SELECT change FROM alert_cursor)) AS known`,
    },
  ],
  sql: (stored, findings) => `
    SELECT 'finding=' || COALESCE(f.finding, m.finding) AS key, 'alert, state, severity, first_index' AS column,
           concat_ws(', ', m.alert, m.state, m.severity, m.first_index) AS stored,
           concat_ws(', ', own.id, ${STATE}, ${rankInSql('f.severity')}, ${FIRST}) AS computed, COALESCE(f.lots, a.lots) AS lots
      FROM ${findings} AS f FULL JOIN ${stored} AS m ON m.finding = f.finding
      LEFT JOIN alerts AS a ON a.id = m.alert LEFT JOIN alerts AS own ON own.rule = f.rule AND own.root = f.root
     WHERE CASE WHEN f.finding IS NULL THEN NOT EXISTS (SELECT FROM public.findings WHERE id = m.finding)
                ELSE (m.alert, m.state, m.severity::integer, m.first_index)
                     IS DISTINCT FROM (own.id, ${STATE}, ${rankInSql('f.severity')}, ${FIRST}) END`,
};

/** An alert has the rule and the root of its findings, and counts them. */
const counts: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: [{ from: 'alerts' }, { from: '(SELECT alert AS id, finding, state FROM alert_findings) AS members' }],
  sql: (alerts, findings) => `
    SELECT 'id=' || COALESCE(a.id, m.id) AS key, 'rule, root, open_findings, answered_findings' AS column,
           concat_ws(', ', a.rule, a.root, a.open_findings, a.answered_findings) AS stored,
           concat_ws(', ', m.rule, m.root, m.open, m.answered) AS computed, a.lots
      FROM ${alerts} AS a
      FULL JOIN (SELECT m.id, min(f.rule) AS rule, min(f.root) AS root, count(*) FILTER (WHERE m.state = 'open') AS open,
                        count(*) FILTER (WHERE m.state = 'answered') AS answered
                   FROM ${findings} AS m JOIN public.findings AS f ON f.id = m.finding GROUP BY m.id) AS m ON m.id = a.id
     WHERE (a.rule, a.root, a.open_findings::bigint, a.answered_findings::bigint)
           IS DISTINCT FROM (m.rule, m.root, m.open, m.answered)`,
};

/** An alert is named and graded by its gravest open finding; one without open findings keeps the name of one that it had. */
const gravest: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: same('alerts'),
  sql: (alerts) => `
    SELECT 'id=' || a.id AS key, 'finding, severity' AS column, concat_ws(', ', a.finding, a.severity) AS stored,
           concat_ws(', ', g.finding, (${SEVERITIES})[g.severity]) AS computed, a.lots
      FROM ${alerts} AS a
      LEFT JOIN LATERAL (SELECT m.finding, m.severity FROM alert_findings AS m WHERE m.alert = a.id AND m.state = 'open'
                          ORDER BY m.severity DESC, m.first_index, m.finding LIMIT 1) AS g ON true
     WHERE CASE WHEN g.finding IS NULL
                THEN NOT EXISTS (SELECT FROM alert_findings AS m WHERE m.alert = a.id AND m.finding = a.finding)
                ELSE (a.finding, a.severity) IS DISTINCT FROM (g.finding, (${SEVERITIES})[g.severity]) END`,
};

/** A change of the alert itself; that of an actor is its own state. */
const OF_ALERT = `(c.owner IS NULL OR c.owner = '${OPERATOR}')`;

/** A status is that of the findings, or a person's decision. */
const STATUS = `CASE WHEN a.open_findings > 0 THEN 'open' WHEN a.answered_findings > 0 THEN 'acknowledged' ELSE 'resolved' END`;
const statuses: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: same('alerts'),
  sql: (alerts) => `
    SELECT 'id=' || a.id AS key, 'status' AS column, a.status AS stored, ${STATUS} AS computed, a.lots
      FROM ${alerts} AS a
     WHERE a.status <> ${STATUS}
       AND NOT EXISTS (SELECT FROM alert_changes AS c WHERE c.alert = a.id AND c.status = a.status AND ${OF_ALERT})`,
};

const RANK_GREW = `${rankInSql('a.severity')} > ${rankInSql('a.told_severity')}`;

/** Why an alert may be held back, as `NotifyAlerts` and `inhibitAlerts` have it; null: it may, or it is not. */
const TO_BE_TOLD = `CASE
  WHEN (a.silenced_by IS NOT NULL OR a.inhibited_by IS NOT NULL) AND a.rule LIKE 'record-%' THEN 'never held back'
  WHEN a.silenced_by IS NOT NULL AND NOT EXISTS (SELECT FROM silences AS s WHERE s.id = a.silenced_by AND a.tell_at <= s.until)
    THEN 'held back until the silence ends'
  WHEN a.inhibited_by IS NOT NULL AND NOT EXISTS (SELECT FROM alerts AS root WHERE root.id = a.inhibited_by) THEN 'inhibited by an alert'
  WHEN a.silenced_by IS NULL AND a.tell_at > now() + interval '2 days' THEN 'to be told sooner'
  WHEN a.tell_at IS NULL AND a.inhibited_by IS NULL
       AND CASE WHEN a.told_status IS NULL THEN a.status <> 'resolved'
                WHEN a.told_status = a.status THEN a.status <> 'resolved' AND (a.open_findings > a.told_findings OR ${RANK_GREW})
                ELSE true END THEN 'to be told' END`;

const heldBack: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: same('alerts'),
  sql: (alerts) => `
    SELECT 'id=' || a.id AS key, 'silenced_by, inhibited_by, tell_at' AS column,
           concat_ws(', ', a.silenced_by, a.inhibited_by, a.tell_at) AS stored, ${TO_BE_TOLD} AS computed, a.lots
      FROM ${alerts} AS a WHERE ${TO_BE_TOLD} IS NOT NULL`,
};

/**
 * The last notification of an alert is that of its newest notice, which is journaled. Its text is searched and not parsed,
 * because a damaged one must not end the audit. Releases without notices left alerts that have none.
 */
const notified: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: same('alerts'),
  sql: (alerts) => `
    SELECT 'id=' || a.id AS key, 'told_status, told_severity, told_findings, told_growths, told_at, ordering_key' AS column,
           concat_ws(', ', a.told_status, a.told_severity, a.told_findings, a.told_growths, a.told_at, a.ordering_key) AS stored,
           concat_ws(', ', n.status, n.severity, n.findings, n.growths, n.at, n.ordering_key) AS computed, a.lots
      FROM ${alerts} AS a
      LEFT JOIN LATERAL (
        SELECT substring(n.data FROM '"status":"([a-z]+)"') AS status, n.severity, n.at, n.ordering_key,
               substring(n.data FROM '"count":([0-9]+)')::numeric AS findings,
               (SELECT count(*) FROM notices AS grown
                 WHERE grown.alert = a.id AND grown.type = 'alert.updated'
                   AND grown.number > COALESCE((SELECT max(other.number) FROM notices AS other
                                                 WHERE other.alert = a.id AND other.type <> 'alert.updated'), 0)) AS growths
          FROM notices AS n WHERE n.alert = a.id ORDER BY n.number DESC LIMIT 1) AS n ON true
     WHERE NOT (n.at IS NULL AND COALESCE(a.told_at < COALESCE((SELECT at FROM notices ORDER BY number LIMIT 1), 'infinity'), false))
       AND ((a.told_status, a.told_severity, a.told_findings::numeric, a.told_growths::bigint)
           IS DISTINCT FROM (n.status, n.severity, COALESCE(n.findings, 0), COALESCE(n.growths, 0))
        OR (a.told_at IS NULL) <> (n.at IS NULL) OR a.told_at NOT BETWEEN n.at AND n.at + interval '10 minutes'
        OR a.ordering_key <> n.ordering_key)`,
};

/** The number of an alert is that of its newest change. */
const NEWEST = `GREATEST(1, (SELECT max(n.number) FROM notices AS n WHERE n.alert = a.id),
                         (SELECT max(c.number) FROM alert_changes AS c WHERE c.alert = a.id AND ${OF_ALERT}))`;
const numbers: TableComparison = {
  table: 'alerts',
  key: ['id'],
  sides: same('alerts'),
  sql: (alerts) => `
    SELECT 'id=' || a.id AS key, 'number' AS column, a.number::text AS stored, ${NEWEST}::text AS computed, a.lots
      FROM ${alerts} AS a
     WHERE a.number < ${NEWEST}
        OR a.number > (SELECT last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename = 'alert_numbers')`,
};

/** A notice is of an alert of its rule. */
const notices: TableComparison = {
  table: 'notices',
  key: ['number'],
  sides: same('notices'),
  sql: (stored) => `
    SELECT 'number=' || n.number AS key, 'alert' AS column, n.alert::text AS stored, NULL AS computed, n.lots
      FROM ${stored} AS n WHERE NOT EXISTS (SELECT FROM alerts AS a WHERE a.id = n.alert AND a.rule = n.rule)`,
};

export const alertComparisons: readonly TableComparison[] = [
  members,
  counts,
  gravest,
  statuses,
  heldBack,
  notified,
  numbers,
  notices,
];
