import type { Queryable } from '../database/rows.js';
import { SEVERITIES, rankInSql } from '../database/severity-rank.js';

/** Findings at most whose lots and events an alert names. */
const SAMPLE = 20;
/** Lots and events that an alert names at most. */
const NAMED = 100;
/** Time an alert waits for further findings before its notification, and the longest such wait, ms. */
const SETTLE = 400;
const SETTLE_LIMIT = 3_000;
/** Delay of the first notification about growth alone, ms; each further delay is four times as long. */
const FIRST_GROWTH = 5_000;
const MAX_GROWTH = 300_000;

/** The change of an alert's counts by a chunk of changes; `opened`: findings that opened or opened again. */
export interface CountedChange {
  alert: string;
  open: number;
  answered: number;
  opened: number;
}

/**
 * Updates alerts from their findings: counts, status, severity, names and facets; then schedules their notifications.
 * Only a finding that opens reopens a resolved alert.
 */
export async function refreshAlerts(db: Queryable, changes: readonly CountedChange[]): Promise<void> {
  const alerts = changes.map(({ alert }) => alert);
  await db.query(
    `UPDATE alerts AS a SET
            open_findings = a.open_findings + c.open, answered_findings = a.answered_findings + c.answered,
            status = CASE WHEN c.opened > 0 AND a.open_findings + c.open > 0 THEN 'open'
                          WHEN a.open_findings + c.open > 0 THEN a.status
                          WHEN a.answered_findings + c.answered > 0 THEN 'acknowledged'
                          ELSE 'resolved' END,
            regressed = a.regressed + (c.opened > 0 AND COALESCE(a.told_status, 'open') <> 'open')::integer,
            reopened = CASE WHEN c.opened > 0 THEN nextval('alert_numbers') ELSE a.reopened END,
            changed_at = now(), number = nextval('alert_numbers')
       FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[]) AS c (alert, open, answered, opened)
      WHERE a.id = c.alert`,
    [
      alerts,
      changes.map(({ open }) => open),
      changes.map(({ answered }) => answered),
      changes.map(({ opened }) => opened),
    ],
  );
  await nameAlerts(db, alerts);
  await decideWhen(db, alerts);
}

/** Sets what alerts name from their open findings: the gravest, severity, lots, events, minerals, sites and countries. */
export async function nameAlerts(db: Queryable, alerts: readonly string[]): Promise<void> {
  await nameGravest(db, alerts);
  await nameWhomItConcerns(db, alerts);
}

/** Sets the gravest open finding; an alert without open findings keeps its text. */
async function nameGravest(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE alerts AS a SET
            finding = gravest.finding,
            severity = (${SEVERITIES})[gravest.severity],
            lots = ARRAY(SELECT DISTINCT lot FROM (${sampled('f.lots')}) AS named (lot) LIMIT ${NAMED}),
            events = ARRAY(SELECT event FROM (${sampled('f.events')}) AS named (event, n, place)
                            GROUP BY event ORDER BY min(n), min(place) LIMIT ${NAMED})
       FROM unnest($1::uuid[]) AS asked (alert)
      CROSS JOIN LATERAL (SELECT m.finding, m.severity FROM alert_findings AS m
                           WHERE m.alert = asked.alert AND m.state = 'open' ${gravestFirst} LIMIT 1) AS gravest
      WHERE a.id = asked.alert`,
    [alerts],
  );
}

const gravestFirst = 'ORDER BY m.severity DESC, m.first_index, m.finding';

const sampled = (column: string): string => `
  SELECT each.value, s.n, each.place FROM (
    SELECT m.finding, row_number() OVER (${gravestFirst}) AS n FROM alert_findings AS m
     WHERE m.alert = asked.alert AND m.state = 'open' ${gravestFirst} LIMIT ${SAMPLE}
  ) AS s JOIN findings AS f ON f.id = s.finding
  CROSS JOIN LATERAL unnest(${column}[1:${NAMED}]) WITH ORDINALITY AS each (value, place)`;

/** Sets minerals, sites and countries: those of the named lots, of their origins, and of the root. */
async function nameWhomItConcerns(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `WITH named AS (
       SELECT a.id, lot.mineral, lot.holder, ARRAY(SELECT origin ->> 'site' FROM jsonb_array_elements(lot.origins) AS origin
                                                    UNION SELECT lot.site WHERE lot.site IS NOT NULL) AS sites
         FROM alerts AS a JOIN lots AS lot ON lot.id = ANY(a.lots) WHERE a.id = ANY($1::uuid[])
     ), places AS (
       SELECT id, unnest(sites) AS site FROM named
       UNION SELECT id, substr(root, 6) FROM alerts WHERE id = ANY($1::uuid[]) AND root LIKE 'site:%'
     ), countries AS (
       SELECT p.id, s.country FROM places AS p JOIN sites AS s ON s.id = p.site
       UNION SELECT n.id, who.country FROM named AS n JOIN actors AS who ON who.id = n.holder
       UNION SELECT a.id, who.country FROM alerts AS a JOIN actors AS who ON a.root = 'actor:' || who.id WHERE a.id = ANY($1::uuid[])
       UNION SELECT a.id, f.country FROM alerts AS a JOIN facilities AS f ON a.root = 'facility:' || f.id WHERE a.id = ANY($1::uuid[])
     )
     UPDATE alerts AS a SET
            minerals = ARRAY(SELECT DISTINCT mineral FROM named WHERE named.id = a.id ORDER BY 1),
            sites = ARRAY(SELECT DISTINCT site FROM places WHERE places.id = a.id ORDER BY 1 LIMIT ${NAMED}),
            countries = ARRAY(SELECT DISTINCT country FROM countries WHERE countries.id = a.id AND country IS NOT NULL ORDER BY 1)
      WHERE a.id = ANY($1::uuid[]) AND a.status <> 'resolved'`,
    [alerts],
  );
}

/**
 * Schedules and deduplicates notifications: one for all findings until none has come for `SETTLE`, or `SETTLE_LIMIT` at
 * most, if status or severity change; for growth alone at ever longer intervals.
 */
async function decideWhen(db: Queryable, alerts: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE alerts AS a SET
            pending_since = CASE WHEN news THEN COALESCE(a.pending_since, clock_timestamp()) ELSE a.pending_since END,
            tell_at = CASE
              WHEN news THEN LEAST(clock_timestamp() + interval '${SETTLE} ms',
                                   COALESCE(a.pending_since, clock_timestamp()) + interval '${SETTLE_LIMIT} ms')
              WHEN a.open_findings > a.told_findings AND a.status <> 'resolved'
                THEN a.told_at + LEAST(${FIRST_GROWTH} * power(4, LEAST(a.told_growths, 10)), ${MAX_GROWTH}) * interval '1 ms'
              ELSE NULL END
       FROM (SELECT id, told_status IS DISTINCT FROM status
                     OR ${rankInSql('severity')}
                      > ${rankInSql('told_severity')} AS news
               FROM alerts WHERE id = ANY($1::uuid[])) AS looked
      WHERE a.id = looked.id AND (a.tell_at IS NULL OR a.silenced_by IS NULL)`,
    [alerts],
  );
}
