import { Injectable, Logger } from '@nestjs/common';
import { openCosignatures } from '../../../core/log/cosignature.js';
import { type Policy, checkQuorum } from '../../../core/log/policy.js';
import { Database } from '../../database/database.js';
import { Crash } from '../../ledger/append/crash-points.js';
import { type AskedCheckpoint, ConsultWitness, type WitnessRequest } from './consult-witness.js';
import { SealLog } from '../seal-log.js';
import { WitnessRow } from './witness.entity.js';
import { WitnessPolicy } from './witness-policy.js';

/** A signed checkpoint that is being cosigned, and the witnesses' last known states. */
interface Round extends AskedCheckpoint {
  /** The checkpoint with its cosignatures so far. */
  cosigned: string;
}

/**
 * Asks the witnesses of the policy, all at once, to cosign the newest checkpoint, and stores it when the quorum is met.
 * Appends do not wait for this. A witness that shows a checkpoint of this log which the log does not extend proves that
 * an older database was restored or another history was signed: then the log halts. A claim without proof is ignored.
 */
@Injectable()
export class CollectCosignatures {
  private readonly logger = new Logger('transparency');
  private running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly sealed: SealLog,
    private readonly witnesses: WitnessPolicy,
    private readonly consult: ConsultWitness,
    private readonly crash: Crash,
  ) {}

  /**
   * Collects cosignatures; concurrent calls share one run.
   * @param everyone also asks witnesses that have cosigned this checkpoint: after a restore the database does not have
   * what they cosigned later.
   */
  collect(everyone = false): Promise<void> {
    this.running ??= this.collectOnce(everyone).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async collectOnce(everyone: boolean): Promise<void> {
    const { policy, asked } = this.witnesses;
    if (policy === null) return;
    const round = await this.begin(everyone);
    const done = new Set(
      openCosignatures(
        round.cosigned,
        asked.map(({ key }) => key),
      ).map(({ by }) => by.vkey),
    );
    const missing = asked.filter(({ key }) => !done.has(key.vkey));
    if (missing.length === 0) return;
    this.crash.reach('before-witness');
    const answers = missing.map(async (witness) => {
      const answered = await this.consult.ask(witness, round);
      await this.take(answered, round, policy);
      return answered;
    });
    await this.remember(await Promise.all(answers));
  }

  /** Adds a cosignature and stores the checkpoint when the quorum is met, without waiting for slow witnesses. */
  private async take({ answer }: WitnessRequest, round: Round, policy: Policy): Promise<void> {
    if (answer.outcome !== 'cosigned') return;
    round.cosigned += answer.line;
    this.crash.reach('after-cosigned');
    if (!checkQuorum(round.cosigned, policy).met) return;
    await this.keep(round.size, round.cosigned);
    this.crash.reach('after-witnessed');
  }

  private async begin(everyone: boolean): Promise<Round> {
    const { size, note } = await this.sealed.newestCheckpoint();
    const { rows: stored } = await this.database.query<{ note: string }>(
      'SELECT note FROM witnessed_checkpoints WHERE size = $1 AND NOT $2',
      [size, everyone],
    );
    const known = await this.database.repository(WitnessRow).find();
    return { size, note, cosigned: stored[0]?.note ?? note, known: new Map(known.map((row) => [row.vkey, row.size])) };
  }

  private async remember(answers: readonly WitnessRequest[]): Promise<void> {
    const outcomes = answers.map(({ witness, answer, size }) => ({
      vkey: witness.key.vkey,
      size,
      outcome: answer.outcome,
      detail: 'detail' in answer ? answer.detail : '',
    }));
    for (const { vkey, outcome, detail } of outcomes)
      if (outcome !== 'cosigned') this.logger.warn({ msg: 'a witness did not cosign', witness: vkey, outcome, detail });
    await this.database.query(
      `INSERT INTO witnesses (vkey, size, outcome, detail, asked_at)
       SELECT *, clock_timestamp() FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
       ON CONFLICT (vkey) DO UPDATE SET size = excluded.size, outcome = excluded.outcome,
                                        detail = excluded.detail, asked_at = excluded.asked_at`,
      [
        outcomes.map(({ vkey }) => vkey),
        outcomes.map(({ size }) => size),
        outcomes.map(({ outcome }) => outcome),
        outcomes.map(({ detail }) => detail),
      ],
    );
  }

  private async keep(size: number, note: string): Promise<void> {
    await this.database.query(
      `INSERT INTO witnessed_checkpoints (size, note) VALUES ($1, $2)
       ON CONFLICT (size) DO UPDATE SET note = excluded.note
        WHERE length(excluded.note) > length(witnessed_checkpoints.note)`,
      [size, note],
    );
  }
}
