import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { type SealedDisclosures, openDisclosures, sealedDisclosuresOf } from '../disclosures/disclosure-rows.js';

/** One entry of the log as stored. */
export interface StoredEntry {
  index: number;
  id: string;
  jws: string;
  leafHash: Buffer;
}

interface EntryRow {
  index: number;
  id: string;
  jws: string;
  leaf_hash: Buffer;
}

const storedEntry = (row: EntryRow): StoredEntry => ({
  index: row.index,
  id: row.id,
  jws: row.jws,
  leafHash: row.leaf_hash,
});

/** Returns entries `from` (included) to `to` (excluded) in order; missing rows are left out. */
export async function entriesBetween(db: Queryable, from: number, to: number): Promise<StoredEntry[]> {
  const { rows } = await db.query<EntryRow>(
    'SELECT index, id, jws, leaf_hash FROM entries WHERE index >= $1 AND index < $2 ORDER BY index',
    [from, to],
  );
  return rows.map(storedEntry);
}

/** Reads the log; every method is one statement on an index. */
@Injectable()
export class ReadLog {
  constructor(private readonly database: Database) {}

  /** Returns the number of entries. @param db the connection that reads; default: any of the shared ones */
  async size(db: Queryable = this.database.lookup): Promise<number> {
    const { rows } = await db.query<{ size: number }>('SELECT size FROM log_state');
    return rows[0]?.size ?? 0;
  }

  /**
   * Returns the number of entries, and the thumbprint of the service key in force; null before the ledger is opened.
   */
  async head(): Promise<{ size: number; serviceKid: string | null }> {
    const { rows } = await this.database.lookup.query<{ size: number; serviceKid: string | null }>(
      'SELECT size, (SELECT service_kid FROM ledger_info) AS "serviceKid" FROM log_state',
    );
    return rows[0] ?? { size: 0, serviceKid: null };
  }

  /** Returns the newest `log.clock`, ms since 1970 UTC; null before the first. */
  async clock(): Promise<number | null> {
    const { rows } = await this.database.lookup.query<{ time: number }>(
      'SELECT time FROM clocks ORDER BY index DESC LIMIT 1',
    );
    return rows[0]?.time ?? null;
  }

  /** Returns the last `log.clock` before `index`, ms since 1970 UTC: the time of that entry. */
  async recordedAt(index: number): Promise<number | null> {
    const { rows } = await this.database.lookup.query<{ time: number }>(
      'SELECT time FROM clocks WHERE index < $1 ORDER BY index DESC LIMIT 1',
      [index],
    );
    return rows[0]?.time ?? null;
  }

  entries(from: number, to: number): Promise<StoredEntry[]> {
    return entriesBetween(this.database.lookup, from, to);
  }

  async entryById(id: string): Promise<StoredEntry | null> {
    const { rows } = await this.database.lookup.query<EntryRow>(
      'SELECT index, id, jws, leaf_hash FROM entries WHERE id = $1',
      [id],
    );
    return rows[0] === undefined ? null : storedEntry(rows[0]);
  }

  /** Returns the stored disclosures of an event, in the order of their digests. */
  async disclosures(id: string): Promise<string[]> {
    const { rows } = await this.database.lookup.query<{ sealed: SealedDisclosures }>(
      `SELECT ${sealedDisclosuresOf('$1')} AS sealed`,
      [id],
    );
    return openDisclosures(rows[0]?.sealed ?? null);
  }
}
