import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Difference } from '../../ledger/replay/compare-projections.js';
import { Jobs } from '../../queue/jobs.js';
import { AuditJournal } from './audit-journal.js';
import { AuditOutcome } from './audit-outcome.js';
import { AuditStopped } from './audit-pace.js';
import { journalFaults } from './audit-projection-faults.js';
import { type AuditControl, ExamineInPlace } from './examine-in-place.js';
import { StoreAudit } from './store-audit.js';

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
  private pace: AuditControl | null = null;
  private stopping = false;

  constructor(
    private readonly examiner: ExamineInPlace,
    private readonly journal: AuditJournal,
    private readonly results: StoreAudit,
    private readonly outcome: AuditOutcome,
    private readonly jobs: Jobs,
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
    const {
      size,
      root,
      now,
      faults: found,
      complete,
    } = await this.examiner.examine(milliseconds, (pace) => this.goBy(pace));
    const faults = [...found, ...journalFaults(await this.checkJournal(milliseconds))];
    const judgements = this.results.judge({ size, now, faults, complete });
    const took = Math.round(performance.now() - started);
    const changed = await this.results
      .store(judgements, { startedAt, milliseconds: took, size, root, now, faults })
      .catch((error: unknown) => {
        this.outcome.note(faults, false);
        throw error;
      });
    this.outcome.note(faults, await this.results.isStored(judgements));
    if (changed > 0) await this.jobs.wake('raise');
    return { size, faults: faults.length, milliseconds: took };
  }

  /** Checks the journal, as the rest of the audit, in pieces with pauses. */
  private checkJournal(milliseconds: number | null): Promise<Difference[]> {
    if (milliseconds === null) return this.journal.check();
    const pace = this.examiner.paceOf(milliseconds);
    this.goBy(pace);
    return this.journal.check({ rest: () => pace.giveWay() });
  }

  /** Passes on a command that came before the audit started. */
  private goBy(pace: AuditControl): void {
    this.pace = pace;
    if (this.next !== null) pace.hurry();
    if (this.stopping) pace.stop();
  }
}
