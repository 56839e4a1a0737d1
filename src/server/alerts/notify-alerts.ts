import { Injectable } from '@nestjs/common';
import { type Silence, maySilence } from '../../core/api/alerts/silence.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { type NumberedAlert, lockAlerts, selectAlerts } from './alert.js';
import { matching } from './alert-filter.js';
import { inhibitAlerts } from './inhibit-alerts.js';
import { nameAlerts } from './refresh-alerts.js';
import { type NoticeType, noticeData, noticeType } from './notice.js';
import { activeSilences } from './silence-alerts.js';
import { rankInSql } from '../database/severity-rank.js';

/** Alerts processed in one transaction at most. */
const CHUNK = 100;
/** Descendants of one alert that are counted at most. */
const MAX_DESCENDANTS = 10_000;

interface DueRow {
  id: string;
  told_status: string | null;
  grew: boolean;
}

interface Decision {
  id: string;
  /** Null: no notification is due. */
  type: NoticeType | null;
  silence: Silence | null;
}

/**
 * Writes the due notifications, one for each alert, as the exact text that every channel delivers. An inhibited or
 * silenced alert gets its notification when that ends, if it is still open.
 */
@Injectable()
export class NotifyAlerts {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly journal: Journal,
  ) {}

  /** Writes all due notifications; returns their number. */
  async notifyDue(): Promise<number> {
    for (let total = 0; ;) {
      const { due, written } = await this.database.transaction((db) => this.notifySome(db));
      total += written;
      // A notification may end the inhibition of other alerts.
      if (due === 0) return total;
    }
  }

  /** Returns the time until the next notification is due, ms; null if none is. */
  async untilNext(): Promise<number | null> {
    const [row] = await this.database.rows<{ wait: number | null }>(
      'SELECT (EXTRACT(EPOCH FROM min(tell_at) - clock_timestamp()) * 1000)::double precision AS wait FROM alerts',
    );
    return row?.wait ?? null;
  }

  private async notifySome(db: Queryable): Promise<{ due: number; written: number }> {
    await lockAlerts(db);
    const { rows: due } = await db.query<DueRow>(
      `SELECT id, told_status,
              open_findings > told_findings
              OR ${rankInSql('severity')}
               > ${rankInSql('told_severity')} AS grew
         FROM alerts WHERE tell_at <= clock_timestamp() ORDER BY tell_at, opened_at, id LIMIT $1`,
      [CHUNK],
    );
    if (due.length === 0) return { due: 0, written: 0 };
    const ids = due.map(({ id }) => id);
    // The text and the recipients of a notification follow from the findings, not from what the alert's row stored of them.
    await nameAlerts(db, ids);
    await countDescendants(db, ids);
    await inhibitAlerts(db, ids);
    const alerts = new Map(
      (await selectAlerts(db, this.config.publicUrl, 'a.id = ANY($1::uuid[])', [ids])).map((one) => [
        one.alert.id,
        one,
      ]),
    );
    const silences = await activeSilences(db);
    const decisions: Decision[] = [];
    for (const row of due) decisions.push(await decide(db, row, alerts.get(row.id) as NumberedAlert, silences));
    const written = await write(db, decisions, this.config.publicUrl);
    await this.journal.added(db, 'notices', written);
    return { due: due.length, written: written.length };
  }
}

async function decide(db: Queryable, row: DueRow, numbered: NumberedAlert, silences: Silence[]): Promise<Decision> {
  const { alert, facets } = numbered;
  const type = noticeType({ status: alert.status, notified: row.told_status }, row.grew);
  if (type === null || (alert.inhibitedBy !== null && alert.status !== 'resolved'))
    return { id: row.id, type: null, silence: null };
  if (!maySilence(alert.rule)) return { id: row.id, type, silence: null };
  const met = await matching(
    db,
    { ...alert, facets },
    silences.map(({ filters }) => filters),
  );
  return { id: row.id, type, silence: silences.find((_, i) => met[i] === true) ?? null };
}

/** Records the notifications, with the alert's text after this update; returns their numbers. */
async function write(db: Queryable, decisions: readonly Decision[], publicUrl: string): Promise<number[]> {
  await db.query(
    `UPDATE alerts AS a SET silenced_by = d.silence, tell_at = d.until, pending_since = CASE WHEN d.until IS NULL THEN NULL ELSE a.pending_since END
       FROM json_to_recordset($1) AS d (id uuid, silence uuid, until timestamptz) WHERE a.id = d.id`,
    [JSON.stringify(decisions.map(({ id, silence }) => ({ id, silence: silence?.id, until: silence?.until })))],
  );
  const notified = decisions.filter(({ type, silence }) => type !== null && silence === null);
  if (notified.length === 0) return [];
  await db.query(
    `UPDATE alerts AS a SET number = nextval('alert_numbers'), told_at = clock_timestamp(), told_status = a.status,
            told_severity = a.severity, told_findings = a.open_findings,
            told_growths = CASE WHEN d.type = 'alert.updated' THEN a.told_growths + 1 ELSE 0 END
       FROM unnest($1::uuid[], $2::text[]) AS d (id, type) WHERE a.id = d.id`,
    [notified.map(({ id }) => id), notified.map(({ type }) => type)],
  );
  const types = new Map(notified.map(({ id, type }) => [id, type]));
  const alerts = await selectAlerts(db, publicUrl, 'a.id = ANY($1::uuid[])', [[...types.keys()]]);
  await db.query(
    `INSERT INTO notices (number, alert, type, rule, severity, minerals, sites, countries, lots, ordering_key, data)
     SELECT n.number, n.alert, n.type, n.rule, n.severity, n.minerals, n.sites, n.countries, n.lots, a.ordering_key, n.data
       FROM json_populate_recordset(NULL::notices, $1) AS n JOIN alerts AS a ON a.id = n.alert`,
    [JSON.stringify(alerts.map((one) => noticeRow(one, types.get(one.alert.id) as NoticeType)))],
  );
  return alerts.map(({ number }) => number);
}

const noticeRow = ({ number, alert, facets }: NumberedAlert, type: NoticeType): object => ({
  number,
  alert: alert.id,
  type,
  rule: alert.rule,
  severity: alert.severity,
  ...facets,
  lots: alert.lots,
  data: noticeData(alert),
});

/** Counts the descendants of an alert's lots, up to the limit. */
async function countDescendants(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE alerts AS a SET descendants = counted.lots
       FROM (SELECT alert.id, (
               SELECT count(*) FROM with_descendants(
                 ARRAY(SELECT to_lot FROM lineage WHERE from_lot = ANY(alert.lots)), ${MAX_DESCENDANTS})
             ) AS lots
               FROM alerts AS alert WHERE alert.id = ANY($1::uuid[])) AS counted
      WHERE a.id = counted.id AND a.descendants <> counted.lots`,
    [alerts],
  );
}
