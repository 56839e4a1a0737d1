import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Config } from '../config.js';
import { AUDIT_QUEUE, DEADLINES_QUEUE, VERIFICATION_QUEUE } from './queues.js';

/** How often somebody looks whether a deadline has passed, ms: one small query. */
const DEADLINES_INTERVAL = 5_000;
const SECOND = 1_000;
/** Done jobs say nothing that the tables do not say. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

/** Sets the repeating jobs going, and one round of each at the start for what happened while nobody was there. */
@Injectable()
export class ScheduleVerification implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    @InjectQueue(VERIFICATION_QUEUE) private readonly verification: Queue,
    @InjectQueue(AUDIT_QUEUE) private readonly audits: Queue,
    @InjectQueue(DEADLINES_QUEUE) private readonly deadlines: Queue,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.audits.upsertJobScheduler(
      'audit',
      { every: this.config.auditIntervalSeconds * SECOND },
      { name: 'audit', data: {}, opts: forget },
    );
    await this.deadlines.upsertJobScheduler(
      'deadlines',
      { every: DEADLINES_INTERVAL },
      { name: 'deadlines', data: {}, opts: forget },
    );
    await this.verification.add('append', {}, forget);
    await this.audits.add('audit', {}, forget);
  }
}
