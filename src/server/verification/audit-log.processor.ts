import { Processor } from '@nestjs/bullmq';
import { QueueWorker } from '../queue/queue-worker.js';
import { AuditLog } from './audit-log.js';
import { AUDIT_QUEUE } from './queues.js';

@Processor(AUDIT_QUEUE)
export class AuditLogProcessor extends QueueWorker {
  constructor(private readonly log: AuditLog) {
    super('verification', 'auditing the log');
  }

  async process(): Promise<void> {
    await this.log.audit();
  }
}
