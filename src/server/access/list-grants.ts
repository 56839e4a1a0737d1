import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import type { CountedGrant, Grant } from '../../core/api/access/grant.js';
import type { Page } from '../../core/api/page.js';
import { registryId } from '../../core/event/primitives.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type PageQuery, decodeCursor, pageOf, pageQuery } from '../http/paging.js';
import { viewerNow } from '../http/viewing.js';

export const grantsQuery = pageQuery.extend({
  by: registryId.optional().describe('Given by this actor'),
  to: registryId.optional().describe('Given to this actor'),
});
export type GrantsQuery = z.infer<typeof grantsQuery>;

const DAY = 86_400_000;

interface Row {
  id: string;
  index: number;
  by_actor: string;
  to_actor: string;
  lots: string[] | null;
  sites: string[] | null;
  born_from: number | null;
  born_until: number | null;
  until: number;
  disclosures: boolean;
  withdrawn_index: number | null;
}

const dayOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 10));

const counted = ({ only, ...grant }: Grant): CountedGrant => ({
  ...grant,
  only: { ...only, lots: only.lots?.length ?? null },
});

/** Lists grants, newest first, ended ones too. */
@Injectable()
export class ListGrants {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Lists the grants that the viewer gave or received. Row-level security chooses them. */
  list(query: GrantsQuery): Promise<Page<Grant>> {
    return this.read(this.database.reader.for(viewerNow()), query);
  }

  /** Lists the grants of everyone, for the operator, who sees no contents of trade: not which lots a grant names. */
  async listAll(query: PageQuery): Promise<Page<CountedGrant>> {
    const { items, next } = await this.read(this.database, query);
    return { items: items.map(counted), next };
  }

  private async read(db: Queryable, { limit, cursor, by, to }: GrantsQuery): Promise<Page<Grant>> {
    const { rows } = await db.query<Row>(
      `SELECT id, index, by_actor, to_actor, lots, sites, born_from, born_until, until, disclosures, withdrawn_index
         FROM access_grants
        WHERE ($1::bigint IS NULL OR index < $1) AND ($2::text IS NULL OR by_actor = $2) AND ($3::text IS NULL OR to_actor = $3)
        ORDER BY index DESC LIMIT $4`,
      [decodeCursor(cursor, z.int()), by ?? null, to ?? null, limit + 1],
    );
    const suspended = await this.suspendedOf(rows.map(({ by_actor }) => by_actor));
    return pageOf(
      rows,
      limit,
      ({ index }) => index,
      (row) => this.shown(row, suspended),
    );
  }

  private shown(row: Row, suspended: ReadonlySet<string>): Grant {
    return {
      grant: row.id,
      index: row.index,
      by: row.by_actor,
      to: row.to_actor,
      only: {
        lots: row.lots,
        sites: row.sites,
        bornFrom: dayOf(row.born_from),
        bornUntil: dayOf(row.born_until === null ? null : row.born_until - DAY),
      },
      disclosures: row.disclosures,
      until: new Date(row.until).toISOString(),
      state: this.stateOf(row, suspended),
    };
  }

  private stateOf(row: Row, suspended: ReadonlySet<string>): Grant['state'] {
    if (row.withdrawn_index !== null) return 'withdrawn';
    if (row.until <= this.clock.now()) return 'ended';
    return suspended.has(row.by_actor) ? 'paused' : 'inForce';
  }

  private async suspendedOf(actors: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.database.query<{ id: string }>(
      'SELECT id FROM actors WHERE id = ANY($1) AND suspended',
      [[...new Set(actors)]],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
