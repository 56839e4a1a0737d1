import { Injectable } from '@nestjs/common';
import { noFacts } from '../../../core/rules/engine/facts.js';
import { fingerprint } from '../../../core/rules/engine/fingerprint.js';
import { type Judgement, judge } from '../../../core/rules/engine/rule.js';
import { recordRules } from '../../../core/rules/index.js';
import { Clock } from '../../clock.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { lockCursor, writeFindings } from '../judging/write-findings.js';
import { AuditRow } from './audit.entity.js';
import type { Examination } from './examine-log.js';

/** Audits whose results are stored. */
const AUDITS_KEPT = 1_000;

/** Result of a finished audit. */
interface CompleteExamination extends Omit<Examination, 'complete'> {
  startedAt: Date;
  milliseconds: number;
}

/** Judges what an audit has found, and stores it. */
@Injectable()
export class StoreAudit {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    private readonly parameters: RuleParameters,
  ) {}

  /** Judges the faults of an examination by the rules about the record. */
  judge({ size, now, faults, complete }: Omit<Examination, 'root'>): Judgement[] {
    const parameters = this.parameters.asOf(now);
    return recordRules.map((rule) => {
      const judgement = judge(rule, { ...noFacts(size, now), record: faults }, parameters);
      // An incomplete list must close no finding, because unlisted faults may still exist.
      return complete ? judgement : { ...judgement, subjects: [] };
    });
  }

  /** Stores an audit with its findings; returns how many findings have changed. */
  store(judgements: readonly Judgement[], done: CompleteExamination): Promise<number> {
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
  async isStored(judgements: readonly Judgement[]): Promise<boolean> {
    const found = [...new Set(judgements.flatMap(({ findings }) => findings.map(fingerprint)))];
    if (found.length === 0) return true;
    const rows = await this.database.rows<{ count: number }>(
      `SELECT count(*) AS count FROM findings
        WHERE fingerprint = ANY($1::text[]) AND (status <> 'closed' OR answered IS NOT NULL)`,
      [found],
    );
    return rows[0]?.count === found.length;
  }
}
