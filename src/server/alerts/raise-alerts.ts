import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type NumberedAlert, selectAlerts } from './alert.js';

/** Changes of findings taken in one transaction. */
const CHUNK = 500;

interface ChangeRow {
  id: string;
  status: 'open' | 'explained' | 'mitigated' | 'dismissed' | 'closed';
  change: number;
}

/**
 * Turns changes of findings into alerts, and alerts into deliveries to every subscriber, in one transaction that moves
 * the cursor: a job that is lost, repeated or run twice at once tells everybody exactly once.
 */
@Injectable()
export class RaiseAlerts {
  constructor(private readonly database: Database) {}

  /** Gives the ids of the deliveries that now wait to be made. */
  async raise(): Promise<string[]> {
    const deliveries: string[] = [];
    for (;;) {
      const made = await this.database.transaction((db) => raiseChunk(db));
      if (made === null) return deliveries;
      deliveries.push(...made);
    }
  }
}

async function raiseChunk(db: Queryable): Promise<string[] | null> {
  const { rows: cursor } = await db.query<{ change: number }>('SELECT change FROM alert_cursor FOR UPDATE');
  const { rows: changes } = await db.query<ChangeRow>(
    'SELECT id, status, change FROM findings WHERE change > $1 ORDER BY change LIMIT $2',
    [cursor[0]?.change ?? 0, CHUNK],
  );
  const last = changes.at(-1);
  if (last === undefined) return null;
  const alerts = await upsertAlerts(db, changes);
  const deliveries = await insertDeliveries(db, alerts);
  await db.query('UPDATE alert_cursor SET change = $1', [last.change]);
  return deliveries;
}

/** What a finding's status makes of its alert: somebody has it in hand, or nobody needs to. */
const alertStatus = {
  open: 'open',
  explained: 'acknowledged',
  mitigated: 'acknowledged',
  dismissed: 'resolved',
  closed: 'resolved',
} as const;

/** A finding that opens, or comes back, opens its alert; one whose cause has gone, or that is dismissed, resolves it. */
async function upsertAlerts(db: Queryable, changes: ChangeRow[]): Promise<NumberedAlert[]> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO alerts (finding, status)
     SELECT finding, status FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS changed (finding, status, n) ORDER BY n
     ON CONFLICT (finding) DO UPDATE
        SET status = EXCLUDED.status, changed_at = now(), number = nextval('alert_numbers')
     RETURNING id`,
    [changes.map(({ id }) => id), changes.map(({ status }) => alertStatus[status])],
  );
  await countDescendants(
    db,
    rows.map(({ id }) => id),
  );
  return selectAlerts(db, 'a.id = ANY($1::uuid[]) ORDER BY a.number', [rows.map(({ id }) => id)]);
}

/** Lots that are followed from one finding; beyond that it is enough to know that they are many. */
const MAX_DESCENDANTS = 10_000;

/** One alert names the root, and says how many lots were made of it. */
async function countDescendants(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE alerts AS a SET descendants = counted.lots
       FROM (SELECT alert.id, (
               WITH RECURSIVE down (lot) AS (
                 SELECT edge.to_lot FROM lineage AS edge WHERE edge.from_lot = ANY(f.lots)
                 UNION
                 SELECT edge.to_lot FROM down JOIN lineage AS edge ON edge.from_lot = down.lot
               ) SELECT count(*) FROM (SELECT lot FROM down LIMIT ${MAX_DESCENDANTS}) AS reached
             ) AS lots
               FROM alerts AS alert JOIN findings AS f ON f.id = alert.finding
              WHERE alert.id = ANY($1::uuid[])) AS counted
      WHERE a.id = counted.id AND a.descendants <> counted.lots`,
    [alerts],
  );
}

async function insertDeliveries(db: Queryable, alerts: NumberedAlert[]): Promise<string[]> {
  const bodies = alerts.map(({ alert }) =>
    JSON.stringify({
      type: alert.status === 'open' ? 'alert.opened' : `alert.${alert.status}`,
      timestamp: new Date().toISOString(),
      data: alert,
    }),
  );
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO deliveries (subscription, alert, number, body)
     SELECT s.id, raised.alert, raised.number, raised.body
       FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS raised (alert, number, body)
      CROSS JOIN (SELECT id FROM subscriptions WHERE enabled) AS s
     RETURNING id`,
    [alerts.map(({ alert }) => alert.id), alerts.map(({ number }) => number), bodies],
  );
  return rows.map(({ id }) => id);
}
