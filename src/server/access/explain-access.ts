import { Injectable } from '@nestjs/common';
import { type AccessFacts, explainAccess } from '../../core/access/explain.js';
import type { AccessExplanation } from '../../core/api/access/access.js';
import { Database } from '../database/database.js';
import { LotRights } from '../ledger/read/lot-rights.js';

const MAX_DESCENDANTS = 1_000;

interface FactsRow {
  registered: boolean;
  suspended: boolean;
  part: AccessFacts['part'];
  country: AccessFacts['country'];
  grants: AccessFacts['grants'];
  upstream_of: string | null;
}

/** Explains to the holder of a lot by which rule another actor sees it, or does not. */
@Injectable()
export class ExplainAccess {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /** Explains one actor's access. Throws `not-found`, and `not-allowed` for who does not hold it. */
  async explain(lot: string, actor: string): Promise<AccessExplanation> {
    await this.rights.requireHolder(lot);
    return { lot, actor, ...explainAccess(actor, await this.facts(lot, actor)) };
  }

  private async facts(lot: string, actor: string): Promise<AccessFacts> {
    const { rows } = await this.database.query<FactsRow>(
      `SELECT EXISTS (SELECT FROM actors WHERE id = $2) AS registered,
              EXISTS (SELECT FROM actors WHERE id = $2 AND suspended) AS suspended,
              (SELECT json_build_object('from', from_index, 'until', until_index) FROM lot_parties
                WHERE lot = $1 AND party = $2) AS part,
              (SELECT json_build_object('code', a.country, 'from', p.from_index)
                 FROM actors AS a JOIN lot_parties AS p ON p.lot = $1 AND p.party = '@' || a.country
                WHERE a.id = $2 AND a.roles && '{authority,registrar}') AS country,
              (SELECT COALESCE(json_agg(json_build_object('grant', g.id, 'by', g.by_actor, 'until', p.until_index,
                        'ends', to_char(to_timestamp(g.until / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY g.index), '[]')
                 FROM access_grants AS g
                 JOIN lot_parties AS p ON p.lot = $1 AND p.party = g.by_actor
                 JOIN actors AS giver ON giver.id = g.by_actor AND NOT giver.suspended
                WHERE g.to_actor = $2 AND g.withdrawn_index IS NULL AND g.until > extract(epoch FROM now()) * 1000
                  AND (g.lots IS NULL OR $1 = ANY(g.lots)) AND is_granted($1, g.sites, g.born_from, g.born_until)) AS grants,
              (SELECT lots.id FROM with_descendants(ARRAY[$1::uuid], ${MAX_DESCENDANTS}) AS below (lot)
                 JOIN lots ON lots.id = below.lot
                WHERE lots.id <> $1 AND (lots.holder = $2 OR lots.in_transit_to = $2) LIMIT 1) AS upstream_of`,
      [lot, actor],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('One row was expected.');
    return {
      isRegistered: row.registered,
      isSuspended: row.suspended,
      part: row.part,
      country: row.country,
      grants: row.grants,
      upstreamOf: row.upstream_of,
    };
  }
}
