import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { AuditInThread } from './audit-in-thread.js';
import { AuditPace, MOST_SIZE } from './audit-pace.js';
import { type Examination, examineLog } from './examine-log.js';
import { ReadGuard } from './tree/read-guard.js';
import { JudgeAgain } from './rebuild/judge-again.js';

/** Entries from which an audit runs in a separate thread; for fewer, starting one costs more than the audit. */
const THREAD_FROM = 5_000;

/** Makes an examination that runs continue without pauses, or stop at its next one. */
export type AuditControl = Pick<AuditPace, 'hurry' | 'stop'>;

/** Examines this service's log, in a thread if it is large. */
@Injectable()
export class ExamineInPlace {
  /** Entries from which it runs in a separate thread; tests set fewer. */
  threadFrom = THREAD_FROM;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly guard: ReadGuard,
    private readonly clock: Clock,
    private readonly parameters: RuleParameters,
  ) {}

  /** Returns the pace of an audit of this duration, ms. */
  paceOf(milliseconds: number): AuditPace {
    return new AuditPace(this.database, milliseconds);
  }

  /**
   * Examines the log, up to its present end.
   * @param milliseconds duration; null: as fast as it can
   * @param begun receives what makes the examination hurry or stop
   */
  async examine(milliseconds: number | null, begun: (control: AuditControl) => void): Promise<Examination> {
    // The guard moves after each commit: read before the snapshot, it may be behind it, but ahead of it only if entries
    // are missing.
    const guard = this.guard.read();
    const [state] = await this.database.rows<{ size: number }>(
      `SELECT LEAST(size, ${MOST_SIZE}) AS size FROM log_state`,
    );
    if ((state?.size ?? 0) >= this.threadFrom) {
      const [sets, now] = [this.parameters.sets, this.clock.now()];
      const thread = new AuditInThread({ databaseUrl: this.database.url, parameters: sets, now }, this.identity);
      const examination = thread.examine(guard, milliseconds);
      begun(thread);
      return examination;
    }
    const follower = new JudgeAgain(this.database, this.identity, this.clock, this.parameters);
    if (milliseconds === null) return examineLog(this.database, this.identity, guard, null, follower);
    const pace = this.paceOf(milliseconds);
    begun(pace);
    return examineLog(this.database, this.identity, guard, pace, follower);
  }
}
