import { Injectable, Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../database/database.js';

/** How long a part is waited for, ms: whoever reads it goes first, and nobody queues behind this. */
const LOCK_TIMEOUT = 2_000;

interface Sweep {
  part: string;
  xid: string;
  /**
   * Whether a snapshot in which the keys were there is still read, or a new one may still be taken: a transaction older than
   * the deletion holds back the horizon of every new snapshot, also from another database of the server. Until then a rewrite
   * would copy the keys.
   */
  seen: boolean;
  /** Whether the role may vacuum: before PostgreSQL 17 the owner of a table alone may. */
  allowed: boolean;
}

/**
 * Removes from the files of the database what was erased. A deleted row stays where it lay, and a plain `VACUUM` only frees
 * its place for the next; so each part of `disclosure_keys` that lost one is written anew, which keeps its readers waiting for
 * as long as that takes. The ciphertext that stays behind says nothing without its key, and goes by a plain `VACUUM`.
 */
@Injectable()
export class SweepErased {
  private readonly logger = new Logger('ledger');

  constructor(private readonly database: Database) {}

  /** Gives how many parts are left for the next time. */
  async sweep(): Promise<number> {
    const sweeps = await this.pending();
    if (sweeps.length === 0) return 0;
    const client = await this.database.pool.connect();
    try {
      await client.query(`SET lock_timeout = ${LOCK_TIMEOUT}`);
      let left = 0;
      for (const sweep of sweeps) if (!(await this.rewrite(client, sweep))) left += 1;
      if (sweeps.some(({ allowed }) => allowed)) await client.query('VACUUM disclosures');
      return left;
    } finally {
      await client.query('RESET lock_timeout');
      client.release();
    }
  }

  private pending(): Promise<Sweep[]> {
    return this.database.query<Sweep>(
      `SELECT part, xid::text AS xid,
              pg_snapshot_xmin(pg_current_snapshot()) <= sweeps.xid
                OR EXISTS (SELECT FROM pg_stat_activity
                            WHERE datname = current_database() AND pid <> pg_backend_pid()
                              AND age(backend_xmin) >= age(sweeps.xid::xid)) AS seen,
              CASE WHEN current_setting('server_version_num')::integer >= 170000
                   THEN has_table_privilege(part, 'MAINTAIN')
                   ELSE (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = part::regclass) END AS allowed
         FROM sweeps WHERE part ~ '^disclosure_keys_[0-9]+$' ORDER BY part`,
    );
  }

  /** Whether the part is done with. */
  private async rewrite(client: PoolClient, { part, xid, seen, allowed }: Sweep): Promise<boolean> {
    if (seen) return false;
    if (allowed) {
      try {
        await client.query(`VACUUM (FULL) ${part}`);
      } catch (error) {
        this.logger.warn({ msg: 'what was erased stays in a file for now: its part is in use', part, err: error });
        return false;
      }
    } else this.logger.warn({ msg: 'what was erased is left to autovacuum: only the owner may vacuum here', part });
    await client.query('DELETE FROM sweeps WHERE part = $1 AND xid = $2::xid8', [part, xid]);
    return true;
  }
}
