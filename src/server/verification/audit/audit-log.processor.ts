import { Processor } from '@nestjs/bullmq';
import { jobKinds } from '../../queue/jobs.js';
import { QueueWorker } from '../../queue/queue-worker.js';
import { Config } from '../../config/config.js';
import { AuditLog } from './audit-log.js';

@Processor(jobKinds.audit.queue)
export class AuditLogProcessor extends QueueWorker {
  constructor(
    private readonly log: AuditLog,
    private readonly config: Config,
  ) {
    super('audit');
  }

  protected async run(): Promise<null> {
    const { auditCycleSeconds, auditIntervalSeconds } = this.config;
    await this.log.auditSlowly(Math.min(auditCycleSeconds, auditIntervalSeconds) * 1_000);
    return null;
  }
}
