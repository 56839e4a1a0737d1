import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { actorOf, managedBy } from '../../core/access/owner.js';
import type { Alert, AlertChange, AlertWithChanges } from '../../core/api/alerts/alert.js';
import { rankOf, severities } from '../../core/rules/engine/rule.js';
import type { Page } from '../../core/api/page.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { decodeCursor, encodeCursor, idsBeginningWith, pageOf, pageQuery, partOfId } from '../http/paging.js';
import { tradeRules } from '../../core/access/observed.js';
import { actorNow, ownerNow } from '../http/viewing.js';
import { AlertSight } from './alert-sight.js';
import { selectAlerts, shownTo } from './alert.js';
import type { AlertChangeRow } from './alert-change.entity.js';
import { filterQueryShape, filtersAsked, rulesOf } from './alert-filter.js';

const asked = pageQuery.extend({
  /** An alert's id, or its first 8 characters or more. */
  id: z.string().regex(partOfId, 'must be an id of an alert, or its first 8 characters').optional(),
  status: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  severity: z.enum(severities).optional(),
  /** Inhibited alerts are counted at their root and listed only on request. */
  inhibited: z.enum(['exclude', 'include', 'only']).default('exclude'),
  ...filterQueryShape,
});

export const alertsQuery = asked.transform(
  ({ limit, cursor, id, status, severity, inhibited, ...filters }, context) => ({
    limit,
    cursor,
    id,
    status,
    severity,
    inhibited,
    filters: filtersAsked(filters, context),
  }),
);
export type AlertsQuery = z.infer<typeof alertsQuery>;

/** Open alerts that are counted at most. */
const MOST_COUNTED = 100;
/** Decisions on one alert that are shown at most, the newest ones. */
const CHANGES_SHOWN = 100;

/** Lists alerts by filters, newest change first, and reads one. */
@Injectable()
export class ListAlerts {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly sight: AlertSight,
  ) {}

  async list({ limit, cursor, id, status, severity, inhibited, filters }: AlertsQuery): Promise<Page<Alert>> {
    const { minimumSeverity, minerals, sites, countries, lots, holder } = filters;
    const grave = minimumSeverity === undefined ? undefined : severities.slice(rankOf(minimumSeverity));
    await this.sight.requireFilters(filters, '');
    const before = decodeCursor(cursor, z.int()) ?? Number.MAX_SAFE_INTEGER;
    const { ids, operating, from } = await this.sight.candidates(before);
    const rows = await selectAlerts(
      this.database,
      this.config.publicUrl,
      `a.number < $1 AND ($3::text IS NULL OR shown.status = $3) AND ($4::text[] IS NULL OR a.severity = ANY($4))
       AND ($5::text[] IS NULL OR a.rule = ANY($5))
       AND ($6::uuid[] IS NULL OR a.id IN (SELECT m.alert FROM findings AS named JOIN alert_findings AS m ON m.finding = named.id
                                            WHERE named.lots && $6::uuid[]))
       AND ($7::text[] IS NULL OR a.sites && $7) AND ($8::text[] IS NULL OR a.minerals && $8)
       AND ($9::text[] IS NULL OR a.countries && $9)
       AND ($10::text IS NULL OR EXISTS (SELECT FROM lots AS held WHERE held.id = ANY(a.lots)
                                            AND (held.holder = $10 OR held.in_transit_to = $10)))
       AND ($11 = 'include' OR (a.inhibited_by IS NULL) = ($11 = 'exclude'))
       AND ($12::uuid IS NULL OR a.id BETWEEN $12 AND $13::uuid)
       AND ($14::uuid[] IS NULL OR a.id = ANY($14)) AND (NOT $15 OR (a.lots = '{}' AND a.rule <> ALL($16)))
       ORDER BY a.number DESC LIMIT $2`,
      [
        before,
        limit + 1,
        status ?? null,
        severity === undefined ? (grave ?? null) : [severity],
        rulesOf(filters) ?? null,
        lots ?? null,
        sites ?? null,
        minerals ?? null,
        countries ?? null,
        holder ?? null,
        inhibited,
        ...idsBeginningWith(id),
        ids,
        operating,
        tradeRules,
      ],
    );
    const page = pageOf(
      rows,
      limit,
      ({ number }) => number,
      ({ alert }) => alert,
    );
    // Candidates are chosen before the filters: a page may hold fewer alerts than asked for, and have a next one.
    const next = page.next ?? (from === null ? null : encodeCursor(from));
    return { items: await Promise.all(page.items.map((alert) => this.sight.shown(alert))), next };
  }

  /** Counts the open alerts of the viewer that nothing holds back, up to a hundred. */
  async countOpen(): Promise<number> {
    const { ids, operating } = await this.sight.candidates(Number.MAX_SAFE_INTEGER);
    const [row] = await this.database.rows<{ open: number }>(
      `SELECT count(*) AS open FROM (
         SELECT FROM alerts AS a CROSS JOIN LATERAL (${shownTo('$1::text')}) AS shown
          WHERE a.status <> 'resolved' AND shown.status = 'open' AND a.inhibited_by IS NULL AND ($2::uuid[] IS NULL OR a.id = ANY($2))
            AND (NOT $3 OR (a.lots = '{}' AND a.rule <> ALL($4))) LIMIT ${MOST_COUNTED}) AS counted`,
      [actorNow(), ids, operating, tradeRules],
    );
    return row?.open ?? 0;
  }

  /** Returns one alert with the decisions that people recorded. Throws `not-found`. */
  async read(id: string): Promise<AlertWithChanges> {
    const [found] = await selectAlerts(this.database, this.config.publicUrl, 'a.id = $1', [id]);
    const alert = await this.sight.required(id, found?.alert ?? null);
    const rows = await this.database.rows<AlertChangeRow & Record<string, unknown>>(
      `SELECT * FROM alert_changes WHERE alert = $1 AND ${managedBy('$2', 'owner')} ORDER BY number DESC LIMIT $3`,
      [id, ownerNow(), CHANGES_SHOWN],
    );
    return { ...alert, changes: rows.map((row, i) => changeOf(row, rows.slice(i + 1))) };
  }
}

/** @param before the changes before it, newest first: those of an actor repeat the assignee. */
function changeOf({ at, by_whom: by, ...row }: AlertChangeRow, before: readonly AlertChangeRow[]): AlertChange {
  const { status, note, evidence, owner } = row;
  const last = actorOf(owner) === null ? undefined : before.find((other) => other.owner === owner);
  const assignee = row.assignee === last?.assignee ? null : row.assignee;
  return { at: at.toISOString(), by, status, note, evidence, assignee };
}
