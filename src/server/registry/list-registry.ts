import { Injectable } from '@nestjs/common';
import { registryId } from '../../core/event/primitives.js';
import { Database } from '../database/database.js';
import { type Page, type PageQuery, decodeCursor, pageOf } from '../http/paging.js';

export interface ListedActor {
  actor: string;
  roles: string[];
  country: string | null;
  card: { from: string | null; to: string | null } | null;
  suspended: boolean;
}

export interface ListedSite {
  site: string;
  country: string;
  operator: string;
  minerals: string[];
  licence: unknown;
  capacity: unknown;
  certification: number | null;
  activity: number | null;
  inspectedOn: string | null;
}

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

/** The registry as it stands, in the order of ids. */
@Injectable()
export class ListRegistry {
  constructor(private readonly database: Database) {}

  async actors({ limit, cursor }: PageQuery): Promise<Page<ListedActor>> {
    const { rows } = await this.database.pool.query<ActorRow>(
      'SELECT id, roles, country, card_from, card_to, suspended FROM actors WHERE id > $1 ORDER BY id LIMIT $2',
      [decodeCursor(cursor, registryId) ?? '', limit + 1],
    );
    return pageOf(rows, limit, byId, ({ id, card_from: from, card_to: to, ...row }) => ({
      actor: id,
      roles: row.roles,
      country: row.country,
      card: from === null && to === null ? null : { from, to },
      suspended: row.suspended,
    }));
  }

  async sites({ limit, cursor }: PageQuery): Promise<Page<ListedSite>> {
    const { rows } = await this.database.pool.query<SiteRow>('SELECT * FROM sites WHERE id > $1 ORDER BY id LIMIT $2', [
      decodeCursor(cursor, registryId) ?? '',
      limit + 1,
    ]);
    return pageOf(rows, limit, byId, ({ id, inspected_on: inspectedOn, ...row }) => ({
      site: id,
      country: row.country,
      operator: row.operator,
      minerals: row.minerals,
      licence: row.licence,
      capacity: row.capacity,
      certification: row.certification,
      activity: row.activity,
      inspectedOn,
    }));
  }
}
