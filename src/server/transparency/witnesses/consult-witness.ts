import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { openCheckpoint } from '../../../core/log/checkpoint.js';
import { sameHash } from '../../../core/log/tree.js';
import { Database } from '../../database/database.js';
import { LedgerIdentity } from '../../ledger/ledger-identity.js';
import { ReadTree } from '../../ledger/read/read-tree.js';
import { type WitnessAnswer, askWitness, checkpointOf } from './ask-witness.js';
import { originHash } from '../origin-hash.js';
import { SealLog } from '../seal-log.js';
import type { AskedWitness } from './witness-policy.js';

/** A signed checkpoint for which a witness is asked, and the sizes that witnesses cosigned last, by verifier key. */
export interface AskedCheckpoint {
  size: number;
  note: string;
  known: ReadonlyMap<string, number>;
}

export interface WitnessRequest {
  witness: AskedWitness;
  answer: WitnessAnswer | { outcome: 'contradicted' | 'ahead'; detail: string };
  /** The size that it reports as cosigned. */
  size: number;
}

/** Asks one witness for its cosignature, and checks what it holds if it refuses. */
@Injectable()
export class ConsultWitness {
  constructor(
    private readonly database: Database,
    private readonly tree: ReadTree,
    private readonly identity: LedgerIdentity,
    private readonly sealed: SealLog,
  ) {}

  /** Asks twice at most: the first answer may name the size from which the proof must start. */
  async ask(witness: AskedWitness, { size, note, known }: AskedCheckpoint): Promise<WitnessRequest> {
    let oldSize = Math.min(known.get(witness.key.vkey) ?? 0, size);
    for (let attempt = 0; ; attempt += 1) {
      const proof = await this.tree.proveConsistency(oldSize, size);
      const answer = await askWitness(witness, { oldSize, proof, note });
      if (answer.outcome === 'cosigned') return { witness, answer, size };
      if (answer.outcome === 'failed') return { witness, answer, size: oldSize };
      const mayRetry = answer.outcome === 'conflict' && answer.size < size && answer.size !== oldSize && attempt === 0;
      if (!mayRetry) return this.compare(witness, answer, oldSize);
      oldSize = answer.size;
    }
  }

  /** Checks what a witness holds that does not cosign: proof against this log, or a claim without proof. */
  private async compare(witness: AskedWitness, answer: WitnessAnswer, oldSize: number): Promise<WitnessRequest> {
    const claim =
      answer.outcome === 'conflict' ? `claims to have cosigned ${answer.size} entries` : 'finds it inconsistent';
    const note = await checkpointOf(witness, originHash(this.identity.origin));
    const why = note === null ? null : await this.contradiction(note, witness.name);
    if (note === null || why === null)
      return { witness, answer: { outcome: 'ahead', detail: `${claim}, without proof` }, size: oldSize };
    this.sealed.contradict(why, note);
    return { witness, answer: { outcome: 'contradicted', detail: why }, size: oldSize };
  }

  /** Returns how a note that this log signed contradicts the log; null if it does not, or this log did not sign it. */
  private async contradiction(note: string, name: string): Promise<string | null> {
    try {
      const opened = openCheckpoint(note, this.identity.logKeys);
      if (!opened.ok) return null;
      const { size, root } = opened.checkpoint;
      // Read after the note was fetched, because another process may have appended meanwhile.
      const { rows } = await this.database.query<{ size: number }>('SELECT size FROM log_state');
      const own = rows[0]?.size ?? 0;
      if (size > own)
        return `Witness ${name} holds a signed checkpoint of ${size} entries, the database has ${own}: an older copy of the database was restored.`;
      return sameHash(await this.tree.rootAt(size), root)
        ? null
        : `Witness ${name} holds a signed checkpoint of ${size} entries with another root: two histories have been signed with this log's key.`;
    } catch (error) {
      if (error instanceof AditError) return null;
      throw error;
    }
  }
}
