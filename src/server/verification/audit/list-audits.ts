import { Injectable } from '@nestjs/common';
import type { AuditSummary } from '../../../core/api/audit.js';
import { Database } from '../../database/database.js';
import { AuditRow } from './audit.entity.js';

/** Lists the audits of this ledger. */
@Injectable()
export class ListAudits {
  constructor(private readonly database: Database) {}

  /** Returns the newest audits that ended, the newest first. */
  async newest(most: number): Promise<AuditSummary[]> {
    const rows = await this.database.repository(AuditRow).find({ order: { id: 'DESC' }, take: most });
    return rows.map(({ started_at: startedAt, milliseconds, size, findings }) => ({
      startedAt: startedAt.toISOString(),
      milliseconds,
      size,
      findings,
    }));
  }
}
