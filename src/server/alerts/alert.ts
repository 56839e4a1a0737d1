import type { Alert } from '../../core/api/alerts/alert.js';
import type { Queryable } from '../database/rows.js';
import { actorNow } from '../http/viewing.js';
import { lotNamesOf } from '../ledger/read/name-lots.js';

/** Events at most whose log index the alert lists. */
const EVIDENCE = 20;

/** The fields by which filters select an alert. */
export interface AlertFacets {
  minerals: string[];
  sites: string[];
  countries: string[];
}

/** An alert with its sequence number, which grows with every change of any alert. */
export interface NumberedAlert {
  number: number;
  alert: Alert;
  facets: AlertFacets;
}

type UnchangedColumn =
  | 'id'
  | 'finding'
  | 'rule'
  | 'version'
  | 'severity'
  | 'status'
  | 'lots'
  | 'about'
  | 'events'
  | 'measured'
  | 'threshold'
  | 'detail'
  | 'descendants'
  | 'inhibited'
  | 'assignee';

interface AlertRow extends Record<string, unknown>, AlertFacets, Pick<Alert, UnchangedColumn> {
  root: string;
  first_index: number | null;
  /** When its finding opened, by the clock of the log as the time by which to answer it; ms since 1970 UTC. */
  opened: number;
  regressed: number;
  due_at: number | null;
  open_findings: number;
  inhibited_by: string | null;
  silenced_by: string | null;
  escalated_at: Date | null;
  number: number;
  /** A lot of the finding that the alert's text comes from; its bundle contains the events. */
  shown_lot: string | null;
  evidence: { event: string; index: number }[];
}

const groupOf = (root: string): Alert['group'] => {
  const [, by = 'subject', value = root] = /^([a-z-]+):(.+)$/s.exec(root) ?? [];
  return { by, value };
};

const numbered = (row: AlertRow, base: string): NumberedAlert => ({
  number: row.number,
  facets: { minerals: row.minerals, sites: row.sites, countries: row.countries },
  alert: {
    id: row.id,
    finding: row.finding,
    rule: row.rule,
    version: row.version,
    severity: row.severity,
    status: row.status,
    lots: row.lots,
    about: row.about,
    events: row.events,
    measured: row.measured,
    threshold: row.threshold,
    detail: row.detail,
    firstIndex: row.first_index,
    openedAt: new Date(row.opened).toISOString(),
    regressed: row.regressed > 0,
    dueAt: row.due_at === null ? null : new Date(row.due_at).toISOString(),
    descendants: row.descendants,
    count: row.open_findings,
    group: groupOf(row.root),
    inhibited: row.inhibited,
    inhibitedBy: row.inhibited_by,
    silencedBy: row.silenced_by,
    escalatedAt: row.escalated_at?.toISOString() ?? null,
    assignee: row.assignee,
    evidence: row.evidence.map((one) => ({ ...one, receipt: `${base}/v1/events/${one.event}/receipt` })),
    links: {
      alert: `${base}/v1/alerts/${row.id}`,
      rule: `${base}/rules/${row.rule}`,
      bundle: row.shown_lot === null ? null : `${base}/v1/lots/${row.shown_lot}/bundle`,
      report: row.shown_lot === null ? null : `${base}/v1/lots/${row.shown_lot}/report`,
    },
  },
});

/**
 * Selects the state of an alert `a` as an actor has it: what its findings give, and what the actor decided since one last
 * opened. For no actor it is the state of the alert itself.
 */
export const shownTo = (actor: string): string => `
  SELECT CASE WHEN ${actor} IS NULL THEN a.status
              WHEN a.open_findings + a.answered_findings = 0 OR own.status = 'resolved' THEN 'resolved'
              WHEN a.open_findings = 0 OR own.status = 'acknowledged' THEN 'acknowledged' ELSE 'open' END AS status,
         CASE WHEN ${actor} IS NULL THEN a.assignee ELSE own.assignee END AS assignee,
         CASE WHEN ${actor} IS NULL THEN a.escalated_at END AS escalated_at
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
      SELECT CASE WHEN c.number > a.reopened THEN c.status END AS status, c.assignee
        FROM alert_changes AS c WHERE c.alert = a.id AND c.owner = ${actor} ORDER BY c.number DESC LIMIT 1
    ) AS own ON true`;

/**
 * Selects alerts with the texts of their findings, as the viewer has them; `shown` has their state. `where` is a constant of this code, `values` its parameters.
 * @param base the public URL of the service, for the links.
 */
export async function selectAlerts(
  db: Queryable,
  base: string,
  where: string,
  values: unknown[],
): Promise<NumberedAlert[]> {
  const { rows } = await db.query<AlertRow>(
    `SELECT a.id, a.finding, a.rule, a.root, f.version, a.severity, shown.status, a.lots, ${lotNamesOf('a.lots')} AS about, a.events, f.measured, f.threshold,
            f.detail, f.first_index, f.opened_at AS opened, a.number, a.regressed, f.due_at, a.descendants, a.open_findings,
            a.inhibited_by, a.silenced_by, shown.escalated_at, shown.assignee, a.minerals, a.sites, a.countries, f.lots[1] AS shown_lot,
            (SELECT COALESCE(json_agg(json_build_object('event', e.id, 'index', e.index) ORDER BY e.index), '[]')
               FROM entries AS e WHERE e.id = ANY(a.events[1:${EVIDENCE}])) AS evidence,
            (SELECT count(*) FROM alerts AS below WHERE below.inhibited_by = a.id AND below.status <> 'resolved') AS inhibited
       FROM alerts AS a JOIN findings AS f ON f.id = a.finding CROSS JOIN LATERAL (${shownTo(`$${values.length + 1}::text`)}) AS shown
      WHERE ${where}`,
    [...values, actorNow()],
  );
  return rows.map((row) => numbered(row, base));
}

/**
 * Locks the row that every transaction locks before it numbers alerts or notifications. So numbers grow in the order of
 * commits, and a reader that follows the numbers skips none. Returns the cursor.
 */
export async function lockAlerts(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ change: number }>('SELECT change FROM alert_cursor FOR UPDATE');
  if (rows[0] === undefined) throw new Error('The row that holds the cursor of the alerts is missing.');
  return rows[0].change;
}
