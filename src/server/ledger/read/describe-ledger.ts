import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../../core/custody/ledger-keys.js';
import { AditError } from '../../../core/errors.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import type { Ledger, LedgerKeys } from '../../../core/api/ledger.js';
import { Database } from '../../database/database.js';
import { loadLedgerInfo } from '../../registry/registry-rows.js';
import { LedgerIdentity } from '../ledger-identity.js';

/** Describes the log and its keys, which a client needs before its first event. */
@Injectable()
export class DescribeLedger {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
  ) {}

  async describe(): Promise<Ledger> {
    const { origin, firstLogKey } = this.identity;
    const logKey = (await loadLedgerInfo(this.database))?.logKeys.at(-1)?.vkey;
    if (logKey === undefined)
      return { origin, opened: false, size: 0, logKey: firstLogKey, serviceKey: this.identity.signer(null).jwk };
    const { rows } = await this.database.query<{ size: number; serviceKey: PublicJwk }>(
      `SELECT size, jwk AS "serviceKey" FROM log_state JOIN ledger_info ON true JOIN keys ON kid = service_kid`,
    );
    const [row] = rows;
    if (row === undefined)
      throw new AditError('log-halted', 'The state of the log or its service key is missing. Run "adit audit".');
    return { origin, opened: true, size: row.size, logKey, serviceKey: row.serviceKey };
  }

  async keys(): Promise<LedgerKeys> {
    const { rows } = await this.database.query<LedgerKeys['serviceKeys'][number]>(
      `SELECT kid, jwk AS key, added_index + 1 AS from, revoked_index AS until FROM keys WHERE actor = $1 ORDER BY added_index`,
      [SERVICE_ACTOR],
    );
    const logKeys = (await loadLedgerInfo(this.database))?.logKeys ?? [];
    return { logKeys, serviceKeys: rows };
  }
}
