import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../../core/custody/ledger-keys.js';
import type { LogKey } from '../../../core/custody/view.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import { Database } from '../../database/database.js';
import { loadLedgerInfo } from '../../registry/registry-rows.js';
import { LedgerIdentity } from '../ledger-identity.js';

export interface LedgerDescription {
  origin: string;
  opened: boolean;
  size: number;
  /** C2SP verifier key of the log, the one in force. */
  logKey: string;
  serviceKey: PublicJwk;
}

/** Every key that the ledger has used, oldest first. */
export interface LedgerKeys {
  /** Log keys: each signs checkpoints from size `from` until the next key. */
  logKeys: LogKey[];
  /** Service keys: each signs entries from index `from` to below `until`. */
  serviceKeys: { kid: string; key: PublicJwk; from: number; until: number | null }[];
}

/** Describes the log and its keys, which a client needs before its first event. */
@Injectable()
export class DescribeLedger {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
  ) {}

  async describe(): Promise<LedgerDescription> {
    const { rows } = await this.database.pool.query<{ size: number; logKey: string | null; serviceKey: PublicJwk }>(
      `SELECT size, log_keys->-1->>'vkey' AS "logKey", jwk AS "serviceKey" FROM log_state
         LEFT JOIN ledger_info ON true LEFT JOIN keys ON kid = service_kid`,
    );
    const { origin, firstLogKey } = this.identity;
    const [row] = rows;
    if (row?.logKey == null)
      return { origin, opened: false, size: 0, logKey: firstLogKey, serviceKey: this.identity.signer(null).jwk };
    return { origin, opened: true, size: row.size, logKey: row.logKey, serviceKey: row.serviceKey };
  }

  async keys(): Promise<LedgerKeys> {
    const { rows } = await this.database.pool.query<LedgerKeys['serviceKeys'][number]>(
      `SELECT kid, jwk AS key, added_index + 1 AS from, revoked_index AS until FROM keys WHERE actor = $1 ORDER BY added_index`,
      [SERVICE_ACTOR],
    );
    const logKeys = (await loadLedgerInfo(this.database.pool))?.logKeys ?? [];
    return { logKeys, serviceKeys: rows };
  }
}
