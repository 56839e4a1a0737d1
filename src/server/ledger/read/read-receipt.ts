import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { formatTlogProof } from '../../../core/log/proof-file.js';
import { Database } from '../../database/database.js';
import { AppendEvents } from '../append/append-events.js';
import { ReadTree } from './read-tree.js';

interface FoundCheckpoint {
  size: number;
  /** Null: it is not signed yet. */
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
    return this.receipt(index, () => this.smallestOver(index));
  }

  /** Returns a receipt under the newest checkpoint that the witnesses cosigned, else under the newest signed one. */
  newest(index: number): Promise<string> {
    return this.receipt(index, () => this.append.newestCheckpointOver(index));
  }

  private async receipt(index: number, find: () => Promise<FoundCheckpoint | undefined>): Promise<string> {
    let checkpoint = await find();
    if (checkpoint === undefined || checkpoint.note === null) {
      // The entry is committed but not signed: its process ended first, or a crash of the database lost the signature.
      await this.append.sealPending();
      checkpoint = await find();
    }
    if (checkpoint === undefined || checkpoint.note === null)
      throw new AditError('overloaded', 'The checkpoint over this entry is being signed; try again shortly.');
    return this.under(index, checkpoint.size, checkpoint.note);
  }

  private async under(index: number, size: number, checkpoint: string): Promise<string> {
    const proof = await this.tree.proveInclusion(index, size);
    return formatTlogProof({ index, proof, checkpoint });
  }

  private async smallestOver(index: number): Promise<FoundCheckpoint | undefined> {
    const [row] = await this.database.lookup.rows<FoundCheckpoint>(
      'SELECT size, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT 1',
      [index],
    );
    return row;
  }
}
