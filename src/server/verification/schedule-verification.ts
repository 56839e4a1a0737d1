import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Config } from '../config/config.js';
import { RepeatingJobs } from '../queue/repeating-jobs.js';
import { AUDIT_QUEUE, DEADLINES_QUEUE, VERIFICATION_QUEUE } from './queues.js';

/** Interval of the check for due deadlines, ms: one small query. */
const DEADLINES_INTERVAL = 5_000;
const SECOND = 1_000;

/** Schedules audits, deadlines, and entries whose job was lost. */
@Injectable()
export class ScheduleVerification extends RepeatingJobs {
  private audited = false;

  constructor(
    private readonly config: Config,
    @InjectQueue(VERIFICATION_QUEUE) private readonly verification: Queue,
    @InjectQueue(AUDIT_QUEUE) private readonly audits: Queue,
    @InjectQueue(DEADLINES_QUEUE) private readonly deadlines: Queue,
  ) {
    super();
  }

  protected async begin(): Promise<void> {
    await this.repeat(this.audits, 'audit', this.config.auditIntervalSeconds * SECOND);
    await this.repeat(this.deadlines, 'deadlines', DEADLINES_INTERVAL);
    await this.wake(this.verification, 'append');
    if (this.audited) return;
    await this.wake(this.audits, 'audit');
    this.audited = true;
  }
}
