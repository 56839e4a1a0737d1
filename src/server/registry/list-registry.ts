import { Injectable } from '@nestjs/common';
import type * as z from 'zod';
import { AditError } from '../../core/errors.js';
import type { ListedActor, ListedSite } from '../../core/api/registry.js';
import { country, mineral, registryId, roleSchema } from '../../core/event/primitives.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import { registryReach } from './registry-reach.js';
import { decodeCursor, pageOf, pageQuery } from '../http/paging.js';

export const actorsQuery = pageQuery.extend({ role: roleSchema.optional(), country: country.optional() });
export type ActorsQuery = z.infer<typeof actorsQuery>;
export const sitesQuery = pageQuery.extend({
  operator: registryId.optional(),
  country: country.optional(),
  mineral: mineral.optional(),
});
export type SitesQuery = z.infer<typeof sitesQuery>;

interface ActorRow {
  id: string;
  roles: string[];
  country: string | null;
  card_from: string | null;
  card_to: string | null;
  suspended: boolean;
}

interface SiteRow {
  id: string;
  country: string;
  operator: string;
  minerals: string[];
  licence: unknown;
  capacity: unknown;
  certification: number | null;
  activity: number | null;
  inspected_on: string | null;
}

const byId = (row: { id: string }): string => row.id;

const actorOf = ({ id, card_from: from, card_to: to, ...row }: ActorRow): ListedActor => ({
  actor: id,
  roles: row.roles,
  country: row.country,
  card: from === null && to === null ? null : { from, to },
  suspended: row.suspended,
});

const siteOf = ({ id, inspected_on: inspectedOn, ...row }: SiteRow): ListedSite => ({
  site: id,
  country: row.country,
  operator: row.operator,
  minerals: row.minerals,
  licence: row.licence,
  capacity: row.capacity,
  certification: row.certification,
  activity: row.activity,
  inspectedOn,
});

/** Lists the part of the registry that the viewer sees, by id. */
@Injectable()
export class ListRegistry {
  constructor(private readonly database: Database) {}

  async actors({ limit, cursor, role, country: where }: ActorsQuery): Promise<Page<ListedActor>> {
    const { all, actor, country: own } = await registryReach(this.database.reads);
    const { rows } = await this.database.reads.query<ActorRow>(
      `SELECT id, roles, country, card_from, card_to, suspended FROM actors
        WHERE id > $1 AND ($3::text IS NULL OR roles @> ARRAY[$3]) AND ($4::text IS NULL OR country = $4)
          AND ($5 OR id = $6 OR country = $7)
        ORDER BY id LIMIT $2`,
      [decodeCursor(cursor, registryId) ?? '', limit + 1, role ?? null, where ?? null, all, actor, own],
    );
    return pageOf(rows, limit, byId, actorOf);
  }

  /** Returns one actor that the viewer sees. Throws `not-found`. */
  async actor(id: string): Promise<ListedActor> {
    const { all, actor, country: own } = await registryReach(this.database.reads);
    const { rows } = await this.database.reads.query<ActorRow>(
      `SELECT id, roles, country, card_from, card_to, suspended FROM actors
        WHERE id = $1 AND ($2 OR id = $3 OR country = $4)`,
      [id, all, actor, own],
    );
    if (rows[0] === undefined) throw new AditError('not-found', `There is no actor ${id}.`);
    return actorOf(rows[0]);
  }

  /** Returns one site; null if there is none that the viewer sees. */
  async site(id: string): Promise<ListedSite | null> {
    const { all, actor, country: own } = await registryReach(this.database.reads);
    const { rows } = await this.database.reads.query<SiteRow>(
      'SELECT * FROM sites WHERE id = $1 AND ($2 OR operator = $3 OR country = $4)',
      [id, all, actor, own],
    );
    return rows[0] === undefined ? null : siteOf(rows[0]);
  }

  async sites({ limit, cursor, operator, country: where, mineral: dug }: SitesQuery): Promise<Page<ListedSite>> {
    const { all, actor, country: own } = await registryReach(this.database.reads);
    const { rows } = await this.database.reads.query<SiteRow>(
      `SELECT * FROM sites
        WHERE id > $1 AND ($3::text IS NULL OR operator = $3) AND ($4::text IS NULL OR country = $4)
          AND ($5::text IS NULL OR minerals @> ARRAY[$5]) AND ($6 OR operator = $7 OR country = $8)
        ORDER BY id LIMIT $2`,
      [
        decodeCursor(cursor, registryId) ?? '',
        limit + 1,
        operator ?? null,
        where ?? null,
        dug ?? null,
        all,
        actor,
        own,
      ],
    );
    return pageOf(rows, limit, byId, siteOf);
  }
}
