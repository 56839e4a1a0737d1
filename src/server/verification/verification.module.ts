import { getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Config } from '../config/config.js';
import { HealthRegistry } from '../http/health.js';
import { Guard } from '../transparency/guard.js';
import { AuditJournal } from './audit/audit-journal.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditMetrics } from './audit/audit-metrics.js';
import { AuditOutcome } from './audit/audit-outcome.js';
import { AuditNew } from './audit/audit-new.js';
import { AuditLogProcessor } from './audit/audit-log.processor.js';
import { FindingsController } from './findings/findings.controller.js';
import { JudgeDeadlines } from './judging/judge-deadlines.js';
import { JudgeDeadlinesProcessor } from './judging/judge-deadlines.processor.js';
import { ListFindings } from './findings/list-findings.js';
import { ALERTS_QUEUE } from './queues.js';
import { ReadGuard } from './audit/read-guard.js';
import { ReEvaluate } from './judging/re-evaluate.js';
import { RulePages } from './findings/rule-pages.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { RulesController } from './findings/rules.controller.js';
import { ScheduleVerification } from './schedule-verification.js';
import { VerificationMetrics } from './verification-metrics.js';
import { VerifyEntries } from './judging/verify-entries.js';
import { VerifyEntriesProcessor } from './judging/verify-entries.processor.js';
import { WatchCatalogue } from './audit/watch-catalogue.js';
import { WakeAlerts } from './judging/wake-alerts.js';

const logger = new Logger('verification');
/** Completed jobs are deleted, because the tables contain the results. */
const forget = { removeOnComplete: true, removeOnFail: 100 };

const useCases: Provider[] = [
  VerifyEntries,
  AuditJournal,
  AuditLog,
  AuditNew,
  JudgeDeadlines,
  {
    provide: ReadGuard,
    inject: [Config],
    useFactory: ({ guardFile, origin }: Config) =>
      new ReadGuard(new Guard(guardFile, origin), ({ message }) => logger.warn(message)),
  },
  {
    provide: WakeAlerts,
    inject: [getQueueToken(ALERTS_QUEUE)],
    useFactory: (queue: Queue) =>
      new WakeAlerts(
        () => queue.add('findings', {}, forget),
        (error) => logger.error({ msg: 'the job that notifies of alerts could not be enqueued', err: error }),
      ),
  },
];

const parameters: Provider = {
  provide: RuleParameters,
  inject: [Config],
  useFactory: ({ ruleParametersFile }: Config) => RuleParameters.load(ruleParametersFile),
};

const processors: Provider[] = [
  ScheduleVerification,
  VerifyEntriesProcessor,
  AuditLogProcessor,
  JudgeDeadlinesProcessor,
  ReEvaluate,
];

export interface VerificationOptions {
  /** Whether this process runs the jobs. */
  runsJobs: boolean;
  answersHttp: boolean;
}

/** Judges new entries, audits the stored log, and serves findings. */
@Module({})
export class VerificationModule {
  constructor(health: HealthRegistry, outcome: AuditOutcome, catalogue: WatchCatalogue) {
    health.registerWarning('record', () => outcome.whyDegraded());
    health.registerWarning('catalogue', () => catalogue.whyDegraded());
  }

  static forRoot({ runsJobs, answersHttp }: VerificationOptions): DynamicModule {
    return {
      module: VerificationModule,
      global: true,
      controllers: answersHttp ? [FindingsController, RulesController] : [],
      providers: [
        parameters,
        ListFindings,
        VerificationMetrics,
        AuditMetrics,
        AuditOutcome,
        WatchCatalogue,
        ...(answersHttp ? [RulePages] : []),
        ...(runsJobs ? [...useCases, ...processors] : []),
      ],
      exports: [RuleParameters, ListFindings, ...(runsJobs ? [VerifyEntries, AuditLog, JudgeDeadlines] : [])],
    };
  }
}
