import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { beginStep, endSteps } from '../tracing/steps.js';
import { lockAlerts } from './alert.js';
import { refreshAlerts } from './refresh-alerts.js';
import { rankInSql } from '../database/severity-rank.js';

/** Changes of findings processed in one transaction at most. */
const CHUNK = 1_000;
/** Events of one finding whose traces show its alert. */
const EVENTS_TRACED = 20;

type Status = 'open' | 'explained' | 'mitigated' | 'dismissed' | 'closed';
type State = 'open' | 'answered' | 'done';

interface ChangeRow {
  id: string;
  rule: string;
  root: string;
  severity: string;
  status: Status;
  lot: string | null;
  first_index: number | null;
  change: number;
}

/** Maps a finding's status to its state in the alert. */
const stateOf: Record<Status, State> = {
  open: 'open',
  explained: 'answered',
  mitigated: 'answered',
  dismissed: 'done',
  closed: 'done',
};

/** The change of an alert's counts. */
interface CountedFindings {
  alert: string;
  open: number;
  answered: number;
  /** Findings that opened or opened again; they reopen a resolved alert. */
  opened: number;
}

/**
 * Folds changes of findings into alerts: findings of one rule with one root form one alert. The cursor moves in the
 * same transaction, so every change counts exactly once, also if a job is lost, repeated or run twice at once.
 */
@Injectable()
export class RaiseAlerts {
  constructor(private readonly database: Database) {}

  /** Processes all changes up to the newest one; returns their number. */
  async raise(): Promise<number> {
    for (let total = 0; ;) {
      const began = beginStep();
      const { taken, traced } = await this.database.transaction((db) => foldChunk(db, began !== null));
      for (const { event, rule, alert } of traced)
        endSteps(began, [event], { name: 'alert', attributes: { 'adit.rule': rule, 'adit.alert': alert } });
      if (taken === 0) return total;
      total += taken;
    }
  }
}

/** An event that a changed finding names, with the alert of the finding. */
interface TracedAlert {
  event: string;
  rule: string;
  alert: string;
}

async function foldChunk(db: Queryable, isTraced: boolean): Promise<{ taken: number; traced: TracedAlert[] }> {
  const cursor = await lockAlerts(db);
  const { rows: changes } = await db.query<ChangeRow>(
    `SELECT id, rule, root, severity, status, lots[1] AS lot, first_index, change FROM findings
      WHERE change > $1 ORDER BY change LIMIT $2`,
    [cursor, CHUNK],
  );
  const last = changes.at(-1);
  if (last === undefined) return { taken: 0, traced: [] };
  await refreshAlerts(db, await count(db, changes));
  await db.query('UPDATE alert_cursor SET change = $1', [last.change]);
  return { taken: changes.length, traced: isTraced ? await eventsOf(db, changes) : [] };
}

/** Lists the first events of findings that are open, each with its alert. */
async function eventsOf(db: Queryable, changes: readonly ChangeRow[]): Promise<TracedAlert[]> {
  const { rows } = await db.query<TracedAlert>(
    `SELECT e.event, f.rule, m.alert FROM findings AS f JOIN alert_findings AS m ON m.finding = f.id
      CROSS JOIN LATERAL unnest(f.events[1:${EVENTS_TRACED}]) AS e (event)
      WHERE f.id = ANY($1::uuid[]) AND m.state = 'open'`,
    [changes.map(({ id }) => id)],
  );
  return rows;
}

/** Records the alert and state of each finding; returns the changes of the counts. */
async function count(db: Queryable, changes: readonly ChangeRow[]): Promise<CountedFindings[]> {
  const alertOf = await alertsFor(db, changes);
  const { rows: before } = await db.query<{ finding: string; alert: string; state: State }>(
    'SELECT finding, alert, state FROM alert_findings WHERE finding = ANY($1::uuid[])',
    [changes.map(({ id }) => id)],
  );
  const counted = new Map<string, CountedFindings>();
  const of = (alert: string): CountedFindings => {
    const known = counted.get(alert) ?? { alert, open: 0, answered: 0, opened: 0 };
    counted.set(alert, known);
    return known;
  };
  const was = new Map(before.map((row) => [row.finding, row]));
  for (const { alert, state } of before) if (state !== 'done') of(alert)[state] -= 1;
  const members = changes.map(({ id, severity, status, first_index, ...group }) => {
    const alert = alertOf.get(keyOf(group)) ?? '';
    const state = stateOf[status];
    const sums = of(alert);
    if (state !== 'done') sums[state] += 1;
    if (state === 'open' && (was.get(id)?.state !== 'open' || was.get(id)?.alert !== alert)) sums.opened += 1;
    return { finding: id, alert, state, severity, first_index };
  });
  await db.query(
    `INSERT INTO alert_findings (finding, alert, state, severity, first_index)
     SELECT finding, alert, state, ${rankInSql('severity')},
            COALESCE(first_index, 9007199254740991)
       FROM json_to_recordset($1) AS m (finding uuid, alert uuid, state text, severity text, first_index bigint)
     ON CONFLICT (finding) DO UPDATE SET alert = EXCLUDED.alert, state = EXCLUDED.state,
            severity = EXCLUDED.severity, first_index = EXCLUDED.first_index`,
    [JSON.stringify(members)],
  );
  return [...counted.values()];
}

const keyOf = ({ rule, root }: Pick<ChangeRow, 'rule' | 'root'>): string => `${rule}\u0000${root}`;

/** Returns the alert of each rule and root; creates the missing ones. */
async function alertsFor(db: Queryable, changes: readonly ChangeRow[]): Promise<Map<string, string>> {
  const firsts = new Map<string, ChangeRow>();
  for (const change of changes) if (!firsts.has(keyOf(change))) firsts.set(keyOf(change), change);
  const groups = [...firsts.values()];
  const columns = [groups.map(({ rule }) => rule), groups.map(({ root }) => root)];
  await db.query(
    `INSERT INTO alerts (rule, root, finding, severity, status, ordering_key)
     SELECT rule, root, finding, severity, 'open', COALESCE(lot, root)
       FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[])
            WITH ORDINALITY AS g (rule, root, finding, severity, lot, n)
      ORDER BY n
     ON CONFLICT (rule, root) DO NOTHING`,
    [...columns, groups.map(({ id }) => id), groups.map(({ severity }) => severity), groups.map(({ lot }) => lot)],
  );
  const { rows } = await db.query<{ id: string; rule: string; root: string }>(
    `SELECT a.id, a.rule, a.root FROM alerts AS a
       JOIN unnest($1::text[], $2::text[]) AS g (rule, root) ON g.rule = a.rule AND g.root = a.root`,
    columns,
  );
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}
