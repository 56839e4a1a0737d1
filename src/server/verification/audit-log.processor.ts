import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { AuditLog } from './audit-log.js';
import { AUDIT_QUEUE } from './queues.js';

@Processor(AUDIT_QUEUE)
export class AuditLogProcessor extends WorkerHost {
  private readonly logger = new Logger('verification');

  constructor(private readonly log: AuditLog) {
    super();
  }

  async process(): Promise<void> {
    await this.log.audit();
  }

  @OnWorkerEvent('error')
  failed(error: Error): void {
    this.logger.error({ msg: 'the worker that audits the log met an error', err: error });
  }
}
