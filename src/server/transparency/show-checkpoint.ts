import { Injectable } from '@nestjs/common';
import type { WitnessState, Witnessing } from '../../core/api/witnessing.js';
import { AditError } from '../../core/errors.js';
import { openCheckpoint } from '../../core/log/checkpoint.js';
import { checkQuorum } from '../../core/log/policy.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { SealLog } from './seal-log.js';
import { WitnessRow } from './witnesses/witness.entity.js';
import { WitnessPolicy } from './witnesses/witness-policy.js';

/** The checkpoint that readers see. */
export interface ShownCheckpoint {
  size: number;
  note: string;
  /** Time at which the quorum was met; null without a policy. */
  witnessedAt: Date | null;
}

/** Selects the checkpoint that readers see: with a policy, only one that meets its quorum, however old it is. */
@Injectable()
export class ShowCheckpoint {
  /** The last note that was verified, so that it is not verified again for every reader. */
  private checked = '';

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly sealed: SealLog,
    private readonly witnessPolicy: WitnessPolicy,
  ) {}

  /**
   * Returns the checkpoint that readers see. Throws `log-halted`, and `overloaded` until the quorum is met for the
   * first time.
   */
  async newest(): Promise<ShownCheckpoint> {
    if (this.witnessPolicy.policy === null) return { ...(await this.sealed.newestCheckpoint()), witnessedAt: null };
    this.sealed.requireRunning();
    const { rows } = await this.database.query<{ size: number; note: string; witnessedAt: Date }>(
      `SELECT size, note, witnessed_at AS "witnessedAt" FROM witnessed_checkpoints ORDER BY size DESC LIMIT 1`,
    );
    const [row] = rows;
    if (row === undefined || !this.meetsPolicy(row.note))
      throw new AditError('overloaded', 'Too few witnesses have cosigned a checkpoint so far; try again shortly.');
    return row;
  }

  /** Whether readers see a checkpoint that covers this entry, or will at once because there is no policy. */
  async covers(entry: number, db: Queryable = this.database): Promise<boolean> {
    if (this.witnessPolicy.policy === null) return true;
    const { rows } = await db.query('SELECT FROM witnessed_checkpoints WHERE size > $1 LIMIT 1', [entry]);
    return rows.length > 0;
  }

  /** Returns the policy, the checkpoint that readers see with its time, and the witnesses. */
  async witnesses(): Promise<Witnessing> {
    const shown = await this.newest().catch((error: unknown) => {
      if (error instanceof AditError && error.code === 'overloaded') return null;
      throw error;
    });
    const at = shown?.witnessedAt ?? null;
    return {
      policy: this.witnessPolicy.text,
      shown: shown === null || at === null ? null : { size: shown.size, at: at.toISOString() },
      witnesses: await this.witnessStates(),
    };
  }

  /** Returns the last answer of each witness, in the order of the policy. */
  private async witnessStates(): Promise<WitnessState[]> {
    const rows = await this.database.repository(WitnessRow).find();
    const known = new Map(rows.map((row) => [row.vkey, row]));
    return this.witnessPolicy.asked.map(({ name, key }) => {
      const { outcome = 'unasked', detail = '', asked_at: at } = known.get(key.vkey) ?? {};
      return { name, vkey: key.vkey, outcome, detail, askedAt: at?.toISOString() ?? null };
    });
  }

  private meetsPolicy(note: string): boolean {
    const { policy } = this.witnessPolicy;
    if (policy === null || note === this.checked) return true;
    const met = openCheckpoint(note, this.identity.logKeys).ok && checkQuorum(note, policy).met;
    if (met) this.checked = note;
    return met;
  }
}
