import type { QueryResultRow } from 'pg';
import type { Queryable } from '../database/rows.js';

/** An alert as subscribers see it: the finding's own words, under the alert's id (wire.md). */
export interface Alert {
  id: string;
  finding: string;
  rule: string;
  version: number;
  severity: string;
  status: 'open' | 'acknowledged' | 'resolved';
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  /** Index of the first entry that it concerns. */
  firstIndex: number | null;
  openedAt: string;
  /** Whether it had been closed or answered before, and has come back. */
  regressed: boolean;
  /** Until when it is to be answered. */
  dueAt: string | null;
  /** Lots made of those that it names: their verdicts have changed with it. */
  descendants: number;
}

/** An alert with its running number, which grows with every change of any alert. */
export interface NumberedAlert {
  number: number;
  alert: Alert;
}

interface AlertRow extends QueryResultRow {
  id: string;
  finding: string;
  rule: string;
  version: number;
  severity: string;
  status: Alert['status'];
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  first_index: number | null;
  opened_at: Date;
  reopened: number;
  due_at: number | null;
  descendants: number;
  number: number;
}

const numbered = (row: AlertRow): NumberedAlert => ({
  number: row.number,
  alert: {
    id: row.id,
    finding: row.finding,
    rule: row.rule,
    version: row.version,
    severity: row.severity,
    status: row.status,
    lots: row.lots,
    events: row.events,
    measured: row.measured,
    threshold: row.threshold,
    detail: row.detail,
    firstIndex: row.first_index,
    openedAt: row.opened_at.toISOString(),
    regressed: row.reopened > 0,
    dueAt: row.due_at === null ? null : new Date(row.due_at).toISOString(),
    descendants: row.descendants,
  },
});

/** Alerts with their findings; `where` is a constant of our own code, `values` its parameters. */
export async function selectAlerts(db: Queryable, where: string, values: unknown[]): Promise<NumberedAlert[]> {
  const { rows } = await db.query<AlertRow>(
    `SELECT a.id, a.finding, f.rule, f.version, f.severity, a.status, f.lots, f.events, f.measured, f.threshold,
            f.detail, f.first_index, a.opened_at, a.number, f.reopened, f.due_at, a.descendants
       FROM alerts AS a JOIN findings AS f ON f.id = a.finding
      WHERE ${where}`,
    values,
  );
  return rows.map(numbered);
}
