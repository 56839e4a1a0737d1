import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../../queue/queue-worker.js';
import { Config } from '../../config/config.js';
import { AuditLog } from './audit-log.js';
import { AUDIT_QUEUE } from '../queues.js';

@Processor(AUDIT_QUEUE)
export class AuditLogProcessor extends QueueWorker {
  constructor(
    private readonly log: AuditLog,
    private readonly config: Config,
  ) {
    super('verification', 'auditing the log');
  }

  async process(): Promise<void> {
    const { auditCycleSeconds, auditIntervalSeconds } = this.config;
    await this.log.auditSlowly(Math.min(auditCycleSeconds, auditIntervalSeconds) * 1_000);
  }
}
