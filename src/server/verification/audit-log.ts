import { Injectable } from '@nestjs/common';
import { recordRules } from '../../core/rules/index.js';
import { noFacts } from '../../core/rules/facts.js';
import { defaultParameters } from '../../core/rules/parameters.js';
import { judge } from '../../core/rules/rule.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { type GatheredEvidence, gatherEvidence } from './gather-evidence.js';
import { explain } from './audit-faults.js';
import { ReadGuard } from './read-guard.js';
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
export class AuditLog {
  private running: Promise<AuditReport> | null = null;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly guard: ReadGuard,
    private readonly clock: Clock,
    private readonly alerts: WakeAlerts,
  ) {}

  /** Runs an audit; whoever asks while one runs gets the outcome of that one. */
  run(): Promise<AuditReport> {
    this.running ??= this.audit().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async audit(): Promise<AuditReport> {
    const started = performance.now();
    const startedAt = new Date();
    // The guard moves after each commit: read first, it can be behind the snapshot and never rightly ahead of it.
    const guard = this.guard.read();
    const evidence = await gatherEvidence(this.database, this.identity, guard);
    const faults = explain(evidence);
    const judgements = recordRules.map((rule) => {
      const judgement = judge(
        rule,
        { ...noFacts(evidence.tree.size, evidence.now), record: faults },
        defaultParameters,
      );
      // Of an audit that could not list everything, what it does not list may still be there.
      return evidence.replay.truncated ? { ...judgement, subjects: [] } : judgement;
    });
    const milliseconds = Math.round(performance.now() - started);
    const changed = await this.database.transaction(async (db) => {
      await lockCursor(db);
      await db.query(
        'INSERT INTO audits (started_at, milliseconds, size, root, findings) VALUES ($1, $2, $3, $4, $5)',
        [startedAt, milliseconds, evidence.tree.size, rootOf(evidence), faults.length],
      );
      await db.query('DELETE FROM audits WHERE id <= (SELECT max(id) FROM audits) - $1', [AUDITS_KEPT]);
      return writeFindings(db, judgements, evidence.now ?? this.clock.now());
    });
    if (changed > 0) await this.alerts.wake();
    return { size: evidence.tree.size, faults: faults.length, milliseconds };
  }
}

const rootOf = ({ tree }: GatheredEvidence): Buffer => Buffer.from(tree.roots.get(tree.size) ?? new Uint8Array(0));
