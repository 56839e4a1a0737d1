import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { recordRules } from '../../core/rules/index.js';
import { type RecordFault, noFacts } from '../../core/rules/facts.js';
import { fingerprint } from '../../core/rules/fingerprint.js';
import { type Judgement, judge } from '../../core/rules/rule.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { AuditOutcome } from './audit-outcome.js';
import { AuditPace, AuditStopped } from './audit-pace.js';
import { type Pacing, gatherEvidence } from './gather-evidence.js';
import { explain } from './audit-faults.js';
import { isDamage, unreadable } from './damage.js';
import { JudgeAgain } from './judge-again.js';
import { ReadGuard } from './read-guard.js';
import { RuleParameters } from '../rule-parameters.js';
import { WakeAlerts } from './wake-alerts.js';
import { lockCursor, writeFindings } from './write-findings.js';

/** Audits whose outcome is kept. */
const AUDITS_KEPT = 1_000;

export interface AuditReport {
  size: number;
  faults: number;
  milliseconds: number;
}

/**
 * The audit: reads every stored byte again, and compares the tree it gives with tiles, checkpoints, the guard and the
 * state of the log, and the tables derived from the log with a replay of it. Its findings open and close by themselves.
 * It works on a snapshot, so events are appended meanwhile.
 */
@Injectable()
export class AuditLog implements OnModuleDestroy {
  private running: Promise<AuditReport> | null = null;
  private next: Promise<AuditReport> | null = null;
  private pace: AuditPace | null = null;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly guard: ReadGuard,
    private readonly clock: Clock,
    private readonly alerts: WakeAlerts,
    private readonly parameters: RuleParameters,
    private readonly outcome: AuditOutcome,
  ) {}

  /**
   * Runs an audit. Whoever asks while one runs gets the one after it, because what he asks about may have happened
   * since; all who ask meanwhile share that one.
   */
  audit(): Promise<AuditReport> {
    if (this.running === null) return this.begin(null);
    // Somebody waits now: whatever goes slowly goes on as fast as it can.
    this.pace?.hurry();
    const begin = (): Promise<AuditReport> => {
      this.next = null;
      return this.begin(null);
    };
    this.next ??= this.running.then(begin, begin);
    return this.next;
  }

  /** An audit that nobody waits for: it takes up to that time, and gives way to others. Null: it was stopped. */
  async auditSlowly(milliseconds: number): Promise<AuditReport | null> {
    try {
      return await (this.running ?? this.begin(new AuditPace(this.database, milliseconds)));
    } catch (error) {
      if (error instanceof AuditStopped) return null;
      throw error;
    }
  }

  /** Before the worker that waits for the audit is waited for. */
  onModuleDestroy(): void {
    this.pace?.stop();
  }

  private begin(pace: AuditPace | null): Promise<AuditReport> {
    this.pace = pace;
    this.running = this.auditOnce(pace).finally(() => {
      this.running = null;
      this.pace = null;
    });
    return this.running;
  }

  private async auditOnce(pace: AuditPace | null): Promise<AuditReport> {
    const started = performance.now();
    const startedAt = new Date();
    const { size, root, now, faults, complete } = await this.examine(pace);
    const parameters = this.parameters.asOf(now);
    const judgements = recordRules.map((rule) => {
      const judgement = judge(rule, { ...noFacts(size, now), record: faults }, parameters);
      // Of an audit that could not list everything, what it does not list may still be there.
      return complete ? judgement : { ...judgement, subjects: [] };
    });
    const milliseconds = Math.round(performance.now() - started);
    const changed = await this.store(judgements, { startedAt, milliseconds, size, root, now, faults }).catch(
      (error: unknown) => {
        this.outcome.note(faults, false);
        throw error;
      },
    );
    this.outcome.note(faults, await this.isStored(judgements));
    if (changed > 0) await this.alerts.wake();
    return { size, faults: faults.length, milliseconds };
  }

  private store(judgements: readonly Judgement[], done: Done): Promise<number> {
    const { startedAt, milliseconds, size, root, now, faults } = done;
    return this.database.transaction(async (db) => {
      await lockCursor(db);
      await db.query(
        'INSERT INTO audits (started_at, milliseconds, size, root, findings) VALUES ($1, $2, $3, $4, $5)',
        [startedAt, milliseconds, size, Buffer.from(root), faults.length],
      );
      await db.query('DELETE FROM audits WHERE id <= (SELECT max(id) FROM audits) - $1', [AUDITS_KEPT]);
      return writeFindings(db, judgements, {
        log: this.identity.origin,
        parameters: this.parameters.asOf(now),
        now: now ?? this.clock.now(),
      });
    });
  }

  /** Whether each fault is in the table of findings, and not closed by anything but an answer. */
  private async isStored(judgements: readonly Judgement[]): Promise<boolean> {
    const found = [...new Set(judgements.flatMap(({ findings }) => findings.map(fingerprint)))];
    if (found.length === 0) return true;
    const rows = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM findings
        WHERE fingerprint = ANY($1::text[]) AND (status <> 'closed' OR answered IS NOT NULL)`,
      [found],
    );
    return rows[0]?.count === found.length;
  }

  private async examine(pace: AuditPace | null): Promise<Examination> {
    // The guard moves after each commit: read first, it can be behind the snapshot and never rightly ahead of it.
    const guard = this.guard.read();
    try {
      const follower = new JudgeAgain(this.database, this.identity, this.clock, this.parameters);
      const evidence = await gatherEvidence(this.database, this.identity, guard, { ...pacingBy(pace), follower });
      const { tree, now, replay } = evidence;
      const root = tree.roots.get(tree.size) ?? new Uint8Array(0);
      return { size: tree.size, root, now, faults: explain(evidence), complete: !replay.truncated };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { size: 0, root: new Uint8Array(0), now: null, faults: [unreadable(error)], complete: false };
    }
  }
}

/** The replay reads the log once, and the tree once more. */
const pacingBy = (pace: AuditPace | null): Pacing =>
  pace === null
    ? {}
    : {
        // The last piece of each is read in a snapshot, which nobody is to hold while he rests.
        replay: async (done, size) => (done < size ? pace.rest((0.5 * done) / size) : undefined),
        tree: async (done, size) => (done < size ? pace.rest(0.5 + (0.5 * done) / size) : undefined),
        checkpoints: () => pace.rest(1),
      };

/** What is kept of an audit that is done. */
interface Done extends Omit<Examination, 'complete'> {
  startedAt: Date;
  milliseconds: number;
}

/** What one look at everything gave. */
interface Examination {
  size: number;
  root: Uint8Array;
  /** The newest time of the log, ms. */
  now: number | null;
  faults: RecordFault[];
  /** Whether all faults there are have been listed. */
  complete: boolean;
}
