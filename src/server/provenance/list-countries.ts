import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** Names the countries of sites and facilities. */
@Injectable()
export class ListCountries {
  constructor(private readonly database: Database) {}

  /** Returns the country of each of these places, by its id; a facility may have the id of a site. */
  async of(places: { sites: readonly string[]; facilities: readonly string[] }): Promise<{
    sites: ReadonlyMap<string, string>;
    facilities: ReadonlyMap<string, string>;
  }> {
    const [sites, facilities] = await Promise.all([
      this.named('SELECT id, country FROM sites WHERE id = ANY($1::text[])', places.sites),
      this.named('SELECT id, country FROM facilities WHERE id = ANY($1::text[])', places.facilities),
    ]);
    return { sites, facilities };
  }

  private async named(statement: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.database.reads.query<{ id: string; country: string }>(statement, [[...new Set(ids)]]);
    return new Map(rows.map(({ id, country }) => [id, country]));
  }
}
