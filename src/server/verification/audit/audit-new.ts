import { Injectable } from '@nestjs/common';
import { eventId } from '../../../core/event/ids.js';
import { AditError } from '../../../core/errors.js';
import { leafHash, rootHash, rootNodes } from '../../../core/log/tree.js';
import { Database } from '../../database/database.js';
import { loadHashes } from '../../ledger/read/read-tree.js';
import { sha256 } from '../../../platform/sha256.js';

/** Entries in memory at a time: four tiles. */
const CHUNK = 1_024;

interface NewEntry {
  index: number;
  id: string;
  jws: string;
  leaf_hash: Buffer;
  /** Hash in its tile; null while the tile is not full. */
  tile: Buffer | null;
}

/**
 * Audits the entries appended since the last call: each against its hash, its id and its tile, and the newest
 * checkpointed root against the tree. The cost depends on new entries only. It reports only whether there is a fault;
 * the caller then audits the whole log.
 */
@Injectable()
export class AuditNew {
  /**
   * Index of the next entry; null before the first call. The whole audit at the service's start covers older entries.
   */
  private next: number | null = null;

  constructor(private readonly database: Database) {}

  /** Whether all new entries match the log. */
  async holds(): Promise<boolean> {
    const { rows } = await this.database.query<{ size: number }>('SELECT size FROM log_state');
    const size = rows[0]?.size ?? 0;
    const from = Math.min(this.next ?? size, size);
    this.next = size;
    for (let start = from; start < size; start += CHUNK)
      if (!(await this.entriesHold(start, Math.min(start + CHUNK, size)))) return false;
    return from === size || this.rootHolds(from, size);
  }

  private async entriesHold(from: number, to: number): Promise<boolean> {
    const { rows } = await this.database.query<NewEntry>(
      `SELECT e.index, e.id, e.jws, e.leaf_hash, substr(t.hashes, ((e.index % 256) * 32 + 1)::integer, 32) AS tile
         FROM entries AS e
         LEFT JOIN LATERAL (SELECT hashes FROM tiles WHERE level = 0 AND index = e.index / 256 LIMIT 1) AS t ON true
        WHERE e.index >= $1 AND e.index < $2`,
      [from, to],
    );
    return rows.length === to - from && rows.every(isAsLogged);
  }

  private async rootHolds(from: number, size: number): Promise<boolean> {
    const { rows } = await this.database.query<{ size: number; root: Buffer }>(
      'SELECT size, root FROM checkpoints WHERE size > $1 AND size <= $2 ORDER BY size DESC LIMIT 1',
      [from, size],
    );
    const checkpoint = rows[0];
    if (checkpoint === undefined) return true;
    try {
      const hashOf = await loadHashes(this.database, rootNodes(checkpoint.size));
      return Buffer.compare(rootHash(checkpoint.size, hashOf, sha256), checkpoint.root) === 0;
    } catch (error) {
      // A missing hash is a fault of the log, not of this check.
      if (error instanceof AditError && error.code === 'log-halted') return false;
      throw error;
    }
  }
}

function isAsLogged({ id, jws, leaf_hash: leaf, tile }: NewEntry): boolean {
  const hash = leafHash(jws, sha256);
  return (
    Buffer.compare(hash, leaf) === 0 &&
    (tile === null || Buffer.compare(hash, tile) === 0) &&
    eventId(jws.slice(0, jws.lastIndexOf('.'))) === id
  );
}
