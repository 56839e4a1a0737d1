import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { recordRules } from '../../../core/rules/index.js';
import { noFacts } from '../../../core/rules/engine/facts.js';
import { fingerprint } from '../../../core/rules/engine/fingerprint.js';
import { type Judgement, judge } from '../../../core/rules/engine/rule.js';
import { Clock } from '../../clock.js';
import { Database } from '../../database/database.js';
import type { Difference } from '../../ledger/replay/compare-projections.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { AuditRow } from './audit.entity.js';
import { AuditInThread } from './audit-in-thread.js';
import { AuditJournal } from './audit-journal.js';
import { AuditOutcome } from './audit-outcome.js';
import { AuditPace, AuditStopped, MOST_SIZE } from './audit-pace.js';
import { journalFaults } from './audit-projection-faults.js';
import { type Examination, examineLog } from './examine-log.js';
import { JudgeAgain } from './rebuild/judge-again.js';
import { ReadGuard } from './read-guard.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { Jobs } from '../../queue/jobs.js';
import { lockCursor, writeFindings } from '../judging/write-findings.js';

/** Entries from which an audit runs in a separate thread; for fewer, starting one costs more than the audit. */
const THREAD_FROM = 5_000;
/** Audits whose results are stored. */
const AUDITS_KEPT = 1_000;

export interface AuditReport {
  size: number;
  faults: number;
  milliseconds: number;
}

/**
 * Audits the log: reads every stored byte again and compares the tree with tiles, checkpoints, the guard and the log's
 * state, and the derived tables with a replay. Findings open and close automatically. It works on a snapshot, so
 * appends continue.
 */
@Injectable()
export class AuditLog implements OnModuleDestroy {
  private running: Promise<AuditReport> | null = null;
  private next: Promise<AuditReport> | null = null;
  private pace: Pick<AuditPace, 'hurry' | 'stop'> | null = null;
  /** Entries from which an audit runs in a separate thread; tests set fewer. */
  threadFrom = THREAD_FROM;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly guard: ReadGuard,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly parameters: RuleParameters,
    private readonly outcome: AuditOutcome,
    private readonly journal: AuditJournal,
  ) {}

  /**
   * Runs an audit. Callers during an audit share the next one, because the running one may have missed their reason.
   */
  audit(): Promise<AuditReport> {
    if (this.running === null) return this.begin(null);
    // A caller waits now, so the background audit continues without pauses.
    this.pace?.hurry();
    const begin = (): Promise<AuditReport> => {
      this.next = null;
      return this.begin(null);
    };
    this.next ??= this.running.then(begin, begin);
    return this.next;
  }

  /** Runs a background audit that spreads over the given time. Returns null if it was stopped. */
  async auditSlowly(milliseconds: number): Promise<AuditReport | null> {
    try {
      return await (this.running ?? this.begin(milliseconds));
    } catch (error) {
      if (error instanceof AuditStopped) return null;
      throw error;
    }
  }

  /** Stops the audit before the worker that waits for it is stopped. */
  onModuleDestroy(): void {
    this.stopping = true;
    this.pace?.stop();
  }

  private begin(milliseconds: number | null): Promise<AuditReport> {
    this.running = this.auditOnce(milliseconds).finally(() => {
      this.running = null;
      this.pace = null;
    });
    return this.running;
  }

  private async auditOnce(milliseconds: number | null): Promise<AuditReport> {
    const started = performance.now();
    const startedAt = new Date();
    const { size, root, now, faults: found, complete } = await this.examine(milliseconds);
    const faults = [...found, ...journalFaults(await this.checkJournal(milliseconds))];
    const parameters = this.parameters.asOf(now);
    const judgements = recordRules.map((rule) => {
      const judgement = judge(rule, { ...noFacts(size, now), record: faults }, parameters);
      // An incomplete list must close no finding, because unlisted faults may still exist.
      return complete ? judgement : { ...judgement, subjects: [] };
    });
    const took = Math.round(performance.now() - started);
    const changed = await this.store(judgements, { startedAt, milliseconds: took, size, root, now, faults }).catch(
      (error: unknown) => {
        this.outcome.note(faults, false);
        throw error;
      },
    );
    this.outcome.note(faults, await this.isStored(judgements));
    if (changed > 0) await this.jobs.wake('raise');
    return { size, faults: faults.length, milliseconds: took };
  }

  /** Checks the journal, as the rest of the audit, in pieces with pauses. */
  private checkJournal(milliseconds: number | null): Promise<Difference[]> {
    if (milliseconds === null) return this.journal.check();
    const pace = new AuditPace(this.database, milliseconds);
    this.goBy(pace);
    return this.journal.check({ rest: () => pace.giveWay() });
  }

  private store(judgements: readonly Judgement[], done: CompleteExamination): Promise<number> {
    const { startedAt, milliseconds: took, size, root, now, faults } = done;
    return this.database.transaction(async (db) => {
      await lockCursor(db);
      const audit = {
        started_at: startedAt,
        milliseconds: took,
        size,
        root: Buffer.from(root),
        findings: faults.length,
      };
      await db.repository(AuditRow).insert(audit);
      await db.query('DELETE FROM audits WHERE id <= (SELECT max(id) FROM audits) - $1', [AUDITS_KEPT]);
      return writeFindings(db, judgements, {
        log: this.identity.origin,
        parameters: this.parameters.asOf(now),
        now: now ?? this.clock.now(),
      });
    });
  }

  /** Whether each fault is stored as a finding that is not closed, except by an answer. */
  private async isStored(judgements: readonly Judgement[]): Promise<boolean> {
    const found = [...new Set(judgements.flatMap(({ findings }) => findings.map(fingerprint)))];
    if (found.length === 0) return true;
    const rows = await this.database.rows<{ count: number }>(
      `SELECT count(*) AS count FROM findings
        WHERE fingerprint = ANY($1::text[]) AND (status <> 'closed' OR answered IS NOT NULL)`,
      [found],
    );
    return rows[0]?.count === found.length;
  }

  private async examine(milliseconds: number | null): Promise<Examination> {
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
      this.goBy(thread);
      return examination;
    }
    const follower = new JudgeAgain(this.database, this.identity, this.clock, this.parameters);
    if (milliseconds === null) return examineLog(this.database, this.identity, guard, null, follower);
    const pace = new AuditPace(this.database, milliseconds);
    this.goBy(pace);
    return examineLog(this.database, this.identity, guard, pace, follower);
  }

  /** Passes on a command that came before the audit started. */
  private goBy(pace: Pick<AuditPace, 'hurry' | 'stop'>): void {
    this.pace = pace;
    if (this.next !== null) pace.hurry();
    if (this.stopping) pace.stop();
  }
}

/** Result of a finished audit. */
interface CompleteExamination extends Omit<Examination, 'complete'> {
  startedAt: Date;
  milliseconds: number;
}
