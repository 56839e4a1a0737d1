import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '../../core/event/keys.js';
import { Database } from '../database/database.js';
import { LedgerIdentity } from './ledger-identity.js';

export interface LedgerDescription {
  origin: string;
  opened: boolean;
  size: number;
  /** C2SP verifier key of the log. */
  logKey: string;
  serviceKey: PublicJwk;
}

/** What a stranger must know before the first event: which log this is, and by which keys it speaks. */
@Injectable()
export class DescribeLedger {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
  ) {}

  async describe(): Promise<LedgerDescription> {
    const { rows } = await this.database.pool.query<{ size: number; opened: boolean }>(
      'SELECT size, EXISTS (SELECT FROM ledger_info) AS opened FROM log_state',
    );
    const { origin, logKey, serviceJwk } = this.identity;
    return { origin, opened: rows[0]?.opened ?? false, size: rows[0]?.size ?? 0, logKey, serviceKey: serviceJwk };
  }
}
