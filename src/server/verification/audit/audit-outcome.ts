import { Injectable, Logger } from '@nestjs/common';
import type { RecordFault } from '../../../core/rules/engine/facts.js';
import { Database } from '../../database/database.js';
import { AuditRow } from './audit.entity.js';

/** Faults that are logged one by one; more are counted. */
const LOGGED = 20;

/** Result of one audit, in memory. */
interface Outcome {
  faults: number;
  /** Whether its findings are in the database; an attacker who changes rows may also prevent that. */
  stored: boolean;
  first: string;
}

/**
 * Reports the results of audits outside the tables: in the log, in a metric, and in `/readyz`. A trigger that deletes
 * findings does not suppress these.
 */
@Injectable()
export class AuditOutcome {
  private readonly logger = new Logger('audit');
  private last: Outcome = { faults: 0, stored: true, first: '' };

  constructor(private readonly database: Database) {}

  /** Logs the faults of a finished audit, one a line. */
  note(faults: readonly RecordFault[], stored: boolean): void {
    this.last = { faults: faults.length, stored, first: faults[0]?.detail ?? '' };
    for (const { rule, subject, lots, firstIndex, detail } of faults.slice(0, LOGGED))
      this.logger.error({ msg: 'the audit found a fault in the record', rule, subject, lots, firstIndex, detail });
    if (faults.length > LOGGED)
      this.logger.error({ msg: 'the audit found more faults in the record', faults: faults.length });
    if (!stored)
      this.logger.error({
        msg: 'what the audit found was not stored: something in the database swallows or changes it',
        faults: faults.length,
      });
  }

  /** Returns the number of faults of the newest audit, of this process or stored by any other. */
  async faults(): Promise<number> {
    const [newest] = await this.database.repository(AuditRow).find({ order: { id: 'DESC' }, take: 1 });
    return Math.max(this.last.faults, newest?.findings ?? 0);
  }

  /** Returns the faults of the record for `/readyz`; null if the newest audit found none. */
  async whyDegraded(): Promise<string | null> {
    const faults = await this.faults();
    if (faults === 0) return null;
    const one = this.last.faults > 0 ? ` First: ${this.last.first}` : '';
    const lost = this.last.stored ? '' : ' They could not be stored as findings.';
    return `The newest audit found ${faults} ${faults === 1 ? 'fault' : 'faults'} in the record.${one}${lost} See GET /v1/findings and the log of the worker.`;
  }
}
