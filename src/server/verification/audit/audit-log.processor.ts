import { JobProcessor, QueueWorker } from '../../queue/queue-worker.js';
import { Config } from '../../config/config.js';
import { AuditLog } from './audit-log.js';

@JobProcessor('audit')
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
