import { Logger } from '@nestjs/common';
import { JobProcessor, QueueWorker } from '../../queue/queue-worker.js';
import { AuditLog } from '../audit/audit-log.js';
import { AuditNew } from '../audit/audit-new.js';
import { VerifyEntries } from './verify-entries.js';

const logger = new Logger('verification');

@JobProcessor('verify')
export class VerifyEntriesProcessor extends QueueWorker {
  constructor(
    private readonly entries: VerifyEntries,
    private readonly fresh: AuditNew,
    private readonly audits: AuditLog,
  ) {
    super('verify');
  }

  protected async run(): Promise<null> {
    await this.entries.verify();
    if (await this.fresh.holds()) return null;
    // Judging continues meanwhile; the audit reports the faults.
    this.audits.audit().catch((err: Error) => logger.error({ msg: 'an audit failed', err }));
    return null;
  }
}
