import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
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
import { ReadGuard } from './audit/read-guard.js';
import { ReEvaluate } from './judging/re-evaluate.js';
import { RulePages } from './findings/rule-pages.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { RulesController } from './findings/rules.controller.js';
import { VerificationMetrics } from './verification-metrics.js';
import { VerifyEntries } from './judging/verify-entries.js';
import { VerifyEntriesProcessor } from './judging/verify-entries.processor.js';
import { WatchCatalogue } from './audit/watch-catalogue.js';

const logger = new Logger('verification');

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
];

const parameters: Provider = {
  provide: RuleParameters,
  inject: [Config],
  useFactory: ({ ruleParametersFile }: Config) => RuleParameters.load(ruleParametersFile),
};

const processors: Provider[] = [VerifyEntriesProcessor, AuditLogProcessor, JudgeDeadlinesProcessor, ReEvaluate];

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
