import type { Queryable } from '../database/rows.js';

/** Lots of one alert at most that are followed up or down the lineage. */
const MAX_LOTS = 10_000;

/**
 * Inhibits the alerts on descendants of a lot that has a critical alert: subscribers are notified of the root once, and
 * the root counts the others. Alerts that share a lot never inhibit each other, and alerts on damage to the record
 * (`record-*`) are never inhibited.
 * @param alerts ids, in the order in which they are processed.
 */
export async function inhibitAlerts(db: Queryable, alerts: readonly string[]): Promise<void> {
  await release(db, alerts);
  for (const alert of await withRelatives(db, alerts)) {
    const { rowCount } = await db.query(
      `UPDATE alerts AS a SET inhibited_by = root.id FROM (${rootAbove}) AS root
        WHERE a.id = $1 AND a.inhibited_by IS NULL`,
      [alert],
    );
    if (rowCount === 0) await db.query(inhibitBelow, [alert]);
  }
}

/**
 * Returns the alerts whose lots have ancestors or descendants, in the same order. Most have none and cannot be
 * inhibited.
 */
async function withRelatives(db: Queryable, alerts: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT asked.id FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, n)
      WHERE EXISTS (SELECT FROM (${lotsOf('asked.id')}) AS lots
                     WHERE EXISTS (SELECT FROM lineage WHERE to_lot = lots.lot)
                        OR EXISTS (SELECT FROM lineage WHERE from_lot = lots.lot))
      ORDER BY asked.n`,
    [alerts],
  );
  return rows.map(({ id }) => id);
}

/** Ends the inhibition of alerts whose root is resolved and schedules their notification. */
async function release(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE alerts AS a SET inhibited_by = NULL, tell_at = clock_timestamp()
       FROM alerts AS root
      WHERE root.id = a.inhibited_by AND root.status = 'resolved' AND (root.id = ANY($1::uuid[]) OR a.id = ANY($1::uuid[]))`,
    [alerts],
  );
}

/** Selects all lots of an alert's open findings. */
const lotsOf = (alert: string): string => `
  SELECT DISTINCT lot FROM (
    SELECT unnest(f.lots) AS lot FROM alert_findings AS m JOIN findings AS f ON f.id = m.finding
     WHERE m.alert = ${alert} AND m.state = 'open' LIMIT ${MAX_LOTS}
  ) AS own`;

const isRoot = (alert: string): string => `
  ${alert}.severity = 'critical' AND ${alert}.status <> 'resolved' AND ${alert}.inhibited_by IS NULL`;

const mayBeHeldBack = (alert: string): string => `${alert}.status <> 'resolved' AND ${alert}.rule NOT LIKE 'record-%'`;

/** Selects the oldest critical alert, if any, on an ancestor of the lots of alert $1. */
const rootAbove = `
  WITH own AS MATERIALIZED (${lotsOf('$1')}),
  above AS MATERIALIZED (
    SELECT lot FROM with_ancestors(
      ARRAY(SELECT edge.from_lot FROM own JOIN lineage AS edge ON edge.to_lot = own.lot), ${MAX_LOTS}) AS lot
  )
  SELECT root.id FROM findings AS f
    JOIN alert_findings AS m ON m.finding = f.id JOIN alerts AS root ON root.id = m.alert
   WHERE f.status = 'open' AND f.severity = 'critical' AND f.lots && ARRAY(SELECT lot FROM above)
     AND root.id <> $1 AND ${isRoot('root')}
     AND EXISTS (SELECT FROM alerts AS a WHERE a.id = $1 AND ${mayBeHeldBack('a')} AND NOT a.lots && root.lots)
   ORDER BY root.opened_at, root.id LIMIT 1`;

const inhibitBelow = `
  WITH own AS MATERIALIZED (${lotsOf('$1')}),
  below AS MATERIALIZED (
    SELECT lot FROM with_descendants(
      ARRAY(SELECT edge.to_lot FROM own JOIN lineage AS edge ON edge.from_lot = own.lot), ${MAX_LOTS}) AS lot
  )
  UPDATE alerts AS a SET inhibited_by = root.id, changed_at = now(), number = nextval('alert_numbers')
    FROM alerts AS root
   WHERE root.id = $1 AND ${isRoot('root')}
     AND a.id IN (SELECT m.alert FROM findings AS f JOIN alert_findings AS m ON m.finding = f.id
                   WHERE f.status = 'open' AND f.lots && ARRAY(SELECT lot FROM below))
     AND a.id <> root.id AND a.inhibited_by IS NULL AND ${mayBeHeldBack('a')} AND NOT a.lots && root.lots`;
