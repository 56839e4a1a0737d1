import type { Difference } from '../../../ledger/replay/compare-projections.js';
import type { ReplayFollower, Rest } from '../../../ledger/replay/replay.js';
import { RebuildIndex } from '../../../transparency/rebuild-index.js';
import { compareAlerts } from './compare-alerts.js';
import { compareJudged } from './compare-judged.js';
import type { Clock } from '../../../clock.js';
import type { Database } from '../../../database/database.js';
import type { Queryable } from '../../../database/rows.js';
import type { LedgerIdentity } from '../../../ledger/ledger-identity.js';
import type { RuleParameters } from '../../../config/rule-parameters.js';
import { StepSize } from '../../judging/step-size.js';
import { PIECE, VerifyEntries } from '../../judging/verify-entries.js';
import { noJobs } from '../../../queue/jobs.js';

/** Tables of the verification workers, each rebuilt by the same code. */
const judgedTables = [
  'verification_cursor',
  'findings',
  'finding_answers',
  'undecided',
  'deadlines',
  'filings',
  'totals',
  'site_production',
  'site_days',
  'revisits',
] as const;

/**
 * Judges the log again during a replay, into temporary tables that shadow the real ones, rebuilds the sealed index, and
 * compares both with the stored ones. It stops where the workers have stopped, because only that can be compared.
 */
export class JudgeAgain implements ReplayFollower {
  private readonly verifier: Pick<VerifyEntries, 'stepWithin'>;
  private readonly size = new StepSize(PIECE);
  private index: RebuildIndex;

  /** @param piece rows of a table that one statement of the comparison reads. */
  constructor(
    database: Database,
    private readonly identity: LedgerIdentity,
    clock: Clock,
    private readonly parameters: RuleParameters,
    private readonly piece?: number,
  ) {
    this.verifier = new VerifyEntries(database, identity, clock, noJobs, parameters);
    this.index = new RebuildIndex(identity.origin);
  }

  async begin(db: Queryable): Promise<void> {
    // A temporary sequence, so that no number of the real one is used.
    await db.query('CREATE TEMPORARY SEQUENCE finding_changes AS bigint');
    for (const table of judgedTables)
      await db.query(
        `CREATE TEMPORARY TABLE ${table} (LIKE public.${table}
           INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING IDENTITY)`,
      );
    await db.query(`ALTER TABLE pg_temp.findings ALTER COLUMN change SET DEFAULT nextval('pg_temp.finding_changes')`);
    await db.query('INSERT INTO pg_temp.verification_cursor (next) VALUES (0)');
    this.index = new RebuildIndex(this.identity.origin);
    await this.index.begin(db);
  }

  async follow(db: Queryable, to: number, rest?: Rest): Promise<void> {
    await this.index.follow(db, to, rest);
    for (;;) {
      const { rows } = await db.query<{ left: number }>(
        `SELECT GREATEST(0, LEAST($1, stored.next) - own.next) AS left
           FROM public.verification_cursor AS stored, pg_temp.verification_cursor AS own`,
        [to],
      );
      const left = rows[0]?.left ?? 0;
      const step = await this.verifier.stepWithin(db, this.size, left);
      if (step !== null && step.judged >= left && step.again === 0) return;
      // One new entry may re-evaluate many, so one chunk of the replay may take many steps.
      await rest?.();
    }
  }

  async compare(db: Queryable, rest?: Rest): Promise<{ differences: Difference[]; truncated: boolean }> {
    const pace = { rest, piece: this.piece };
    const compared = [
      await compareJudged(db, this.parameters.sets, pace),
      await compareAlerts(db, pace),
      await this.index.compare(db, pace),
    ];
    return {
      differences: compared.flatMap(({ differences }) => differences),
      truncated: compared.some(({ truncated }) => truncated),
    };
  }
}
