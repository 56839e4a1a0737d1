import { Injectable } from '@nestjs/common';
import { type AccessFacts, explainAccess } from '../../core/access/explain.js';
import type { AccessExplanation } from '../../core/api/access/access.js';
import { Database } from '../database/database.js';
import { LotRights } from '../ledger/read/lot-rights.js';
import { MAX_DESCENDANTS } from '../ledger/read/lots-seen.js';

interface FactsRow {
  registered: boolean;
  suspended: boolean;
  parts: PartRow[];
  below: { of: string; by: string | null } | null;
}

/** A part by which the actor sees the lot. */
interface PartRow {
  party: string;
  from: number;
  until: number | null;
  /** The grant by which it is that of another, with its end. */
  grant: string | null;
  ends: string | null;
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

  /** Asks the functions by which everything is decided, for their reasons. */
  private async facts(lot: string, actor: string): Promise<AccessFacts> {
    const { rows } = await this.database.query<FactsRow>(
      `SELECT EXISTS (SELECT FROM actors WHERE id = $2) AS registered,
              EXISTS (SELECT FROM actors WHERE id = $2 AND suspended) AS suspended,
              (SELECT COALESCE(json_agg(json_build_object('party', p.party, 'from', p.from_index, 'until', p.until_index, 'grant', p.grant_id,
                        'ends', to_char(to_timestamp(g.until / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY g.index), '[]')
                 FROM parts_seen(ARRAY[$1::uuid], ARRAY[$2::text]) AS p LEFT JOIN access_grants AS g ON g.id = p.grant_id) AS parts,
              (SELECT json_build_object('of', h.held, 'by', CASE WHEN h.grant_id IS NOT NULL THEN h.party END)
                 FROM holdings_seen(ARRAY[$1::uuid], ARRAY[$2::text], ${MAX_DESCENDANTS}) AS h
                WHERE h.held <> $1 ORDER BY h.grant_id IS NOT NULL LIMIT 1) AS below`,
      [lot, actor],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('One row was expected.');
    const own = row.parts.filter(({ grant }) => grant === null);
    const part = own.find(({ party }) => party === actor);
    const country = own.find(({ party }) => party.startsWith('@'));
    return {
      isRegistered: row.registered,
      isSuspended: row.suspended,
      part: part === undefined ? null : { from: part.from, until: part.until },
      country: country === undefined ? null : { code: country.party.slice(1), from: country.from },
      grants: row.parts.flatMap(({ grant, party, until, ends }) =>
        grant === null || ends === null ? [] : [{ grant, by: party, until, ends }],
      ),
      upstreamOf: row.below,
    };
  }
}
