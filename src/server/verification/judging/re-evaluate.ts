import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { AuditPace, AuditStopped } from '../audit/audit-pace.js';
import { olderEntries, queueOlderEntries, rulesFingerprint } from './older-entries.js';
import { StepSize } from './step-size.js';
import { PIECE, VerifyEntries } from './verify-entries.js';

/** Wait after a step that failed because the database did not answer, ms. */
const RETRY_AFTER = 5_000;

/**
 * Re-evaluates older entries when the rules have changed. Otherwise a new version would find nothing new in them, and
 * its audit would miss those findings. It works in limited steps at the pace of an audit, and continues after a
 * restart.
 */
@Injectable()
export class ReEvaluate implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('verification');
  private readonly size = new StepSize(PIECE);
  private running: Promise<void> | null = null;
  private pace: AuditPace | null = null;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly entries: VerifyEntries,
    private readonly parameters: RuleParameters,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.begin().catch((err: unknown) => {
      this.logger.warn({ msg: 'whether the rules have changed is not known', err });
    });
  }

  /** Looks whether the rules have changed, and begins to judge older entries, or goes on. */
  async begin(rules = rulesFingerprint(this.parameters.sets)): Promise<void> {
    const changed = await this.database.transaction((db) => queueOlderEntries(db, rules));
    const { next, until } = await olderEntries(this.database);
    if (next >= until) return;
    const msg = changed ? 'the rules have changed: older entries are judged anew' : 'older entries are judged anew';
    this.logger.log({ msg, next, until });
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
  }

  /** Resolves when no step is running. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** The next start continues the rest. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.pace?.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const pace = new AuditPace(this.database, 1);
    this.pace = pace;
    try {
      while (!this.stopping) {
        if ((await this.step()) === 0) {
          this.logger.log({ msg: 'older entries were judged by the newest rules' });
          return;
        }
        await pace.rest(0);
      }
    } catch (error) {
      if (!(error instanceof AuditStopped))
        this.logger.error({ msg: 'older entries are not judged anew until the next start', err: error });
    } finally {
      this.pace = null;
    }
  }

  /** Runs one step; returns the number of entries left. */
  private async step(): Promise<number> {
    try {
      return await this.entries.judgeOlder(this.size);
    } catch (err) {
      this.logger.warn({ msg: 'a step of judging anew failed, and is tried again', err });
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER).unref());
      return Infinity;
    }
  }
}
