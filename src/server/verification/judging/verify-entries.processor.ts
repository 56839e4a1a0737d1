import { Processor } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { QueueWorker } from '../../queue/queue-worker.js';
import { AuditLog } from '../audit/audit-log.js';
import { AuditNew } from '../audit/audit-new.js';
import { VERIFICATION_QUEUE } from '../queues.js';
import { VerifyEntries } from './verify-entries.js';

const logger = new Logger('verification');

@Processor(VERIFICATION_QUEUE)
export class VerifyEntriesProcessor extends QueueWorker {
  constructor(
    private readonly entries: VerifyEntries,
    private readonly fresh: AuditNew,
    private readonly audits: AuditLog,
  ) {
    super('verification', 'judging entries');
  }

  async process(): Promise<void> {
    await this.entries.verify();
    if (await this.fresh.holds()) return;
    // Judging continues meanwhile; the audit reports the faults.
    this.audits.audit().catch((err: Error) => logger.error({ msg: 'an audit failed', err }));
  }
}
