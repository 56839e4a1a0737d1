import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';

/** Wait for the lock on a part, ms: its readers go first, and no query queues behind this. */
const LOCK_TIMEOUT = 2_000;

interface Sweep {
  part: string;
  xid: string;
  /**
   * Whether a snapshot that contains the deleted keys is in use or may still be taken: a transaction older than the
   * deletion holds back the horizon of every new snapshot, also from another database of the server. Until then a
   * rewrite would copy the keys.
   */
  seen: boolean;
  /** Whether the role may vacuum: before PostgreSQL 17 only the owner of a table may. */
  allowed: boolean;
}

/**
 * Removes erased data from the database's files. A deleted row stays in its file, and a plain `VACUUM` only frees its
 * space for later rows; so this rewrites each part of `disclosure_keys` that lost a row, which blocks its readers
 * meanwhile. The remaining ciphertext is unreadable without its key, and a plain `VACUUM` suffices.
 */
@Injectable()
export class SweepErased {
  private readonly logger = new Logger('ledger');

  constructor(private readonly database: Database) {}

  /** Returns how many parts are left for the next sweep. */
  async sweep(): Promise<number> {
    const sweeps = await this.pending();
    if (sweeps.length === 0) return 0;
    return this.database.session(async (session) => {
      await session.query(`SET lock_timeout = ${LOCK_TIMEOUT}`);
      try {
        let left = 0;
        for (const sweep of sweeps) if (!(await this.rewrite(session, sweep))) left += 1;
        if (sweeps.some(({ allowed }) => allowed)) await session.query('VACUUM disclosures');
        return left;
      } finally {
        await session.query('RESET lock_timeout');
      }
    });
  }

  private pending(): Promise<Sweep[]> {
    return this.database.rows<Sweep>(
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

  /** Rewrites one part; returns whether it is finished. */
  private async rewrite(db: Queryable, { part, xid, seen, allowed }: Sweep): Promise<boolean> {
    if (seen) return false;
    if (allowed) {
      try {
        await db.query(`VACUUM (FULL) ${part}`);
      } catch (error) {
        this.logger.warn({ msg: 'what was erased stays in a file for now: its part is in use', part, err: error });
        return false;
      }
    } else this.logger.warn({ msg: 'what was erased is left to autovacuum: only the owner may vacuum here', part });
    await db.query('DELETE FROM sweeps WHERE part = $1 AND xid = $2::xid8', [part, xid]);
    return true;
  }
}
