import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { formatTlogProof } from '../../../core/log/proof-file.js';
import { Database } from '../../database/database.js';
import { AppendEvents } from '../append/append-events.js';
import { ReadTree } from './read-tree.js';

interface SignedCheckpoint {
  size: number;
  note: string | null;
}

/** Makes receipts of logged entries in C2SP tlog-proof form. */
@Injectable()
export class ReadReceipt {
  constructor(
    private readonly database: Database,
    private readonly tree: ReadTree,
    private readonly append: AppendEvents,
  ) {}

  /** Returns the first receipt: under the smallest signed checkpoint above the index, so it never changes. */
  first(index: number): Promise<string> {
    return this.receipt(index, 'SELECT size, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT 1');
  }

  /** Returns a receipt under the newest checkpoint that the witnesses cosigned, else under the newest signed one. */
  async newest(index: number): Promise<string> {
    const { rows } = await this.database.query<{ size: number; note: string }>(
      'SELECT size, note FROM witnessed_checkpoints WHERE size > $1 ORDER BY size DESC LIMIT 1',
      [index],
    );
    if (rows[0] !== undefined) return this.under(index, rows[0].size, rows[0].note);
    return this.receipt(
      index,
      'SELECT size, note FROM checkpoints WHERE size > $1 AND note IS NOT NULL ORDER BY size DESC LIMIT 1',
    );
  }

  private async receipt(index: number, sql: string): Promise<string> {
    let checkpoint = await this.checkpoint(index, sql);
    if (checkpoint === undefined || checkpoint.note === null) {
      // The entry is committed but not signed: its process ended first, or a crash of the database lost the signature.
      await this.append.sealPending();
      checkpoint = await this.checkpoint(index, sql);
    }
    if (checkpoint === undefined || checkpoint.note === null)
      throw new AditError('overloaded', 'The checkpoint over this entry is being signed; try again shortly.');
    return this.under(index, checkpoint.size, checkpoint.note);
  }

  private async under(index: number, size: number, checkpoint: string): Promise<string> {
    const proof = await this.tree.proveInclusion(index, size);
    return formatTlogProof({ index, proof, checkpoint });
  }

  private async checkpoint(index: number, sql: string): Promise<SignedCheckpoint | undefined> {
    const { rows } = await this.database.query<SignedCheckpoint>(sql, [index]);
    return rows[0];
  }
}
