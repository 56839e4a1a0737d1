import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { tokenInvalid } from '../../core/access/jwt.js';
import type { Scope } from '../../core/access/scopes.js';
import type { Viewer } from '../../core/access/viewer.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { Recent } from './recent.js';

/** Interval at which the use of a key is noted, ms. */
const NOTED_EVERY = 60_000;

interface StoredKey {
  id: string;
  actor: string | null;
  scopes: Scope[];
  expires: number;
  isRevoked: boolean;
  isSuspended: boolean;
  /** Whether the key of the actor, or the person, that made it has ended. */
  isOrphan: boolean;
  used: number | null;
}

/** Returns the stored form of a key. */
export const digestOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Recognises programs by their keys for machines. */
@Injectable()
export class RecogniseMachines {
  private readonly logger = new Logger('access');
  private readonly recent: Recent<StoredKey | null>;
  /** When the use of each key was noted last by this process. */
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.recent = new Recent(clock, (digest) => this.find(digest));
  }

  /** Returns the viewer of a key. Throws `token-invalid`. */
  async viewerOf(key: string): Promise<Viewer> {
    const stored = await this.recent.get(digestOfKey(key));
    if (stored === null) throw tokenInvalid('The key is not known here.');
    if (stored.isRevoked) throw tokenInvalid('The key has been revoked.');
    if (stored.expires <= this.clock.now()) throw tokenInvalid('The key has expired.');
    if (stored.isSuspended) throw tokenInvalid('The actor of the key is suspended.');
    if (stored.isOrphan)
      throw tokenInvalid('The key of the actor, or the person, that made this key has been revoked.');
    this.note(stored);
    const { actor, scopes } = stored;
    const proven = { scopes, isMachine: true };
    return actor === null ? { kind: 'operator', ...proven } : { kind: 'actor', actor, ...proven };
  }

  private async find(digest: string): Promise<StoredKey | null> {
    const { rows } = await this.database.lookup.query<StoredKey>(
      `SELECT k.id, k.actor, k.scopes, extract(epoch FROM k.expires_at)::float8 * 1000 AS expires,
              k.revoked_at IS NOT NULL AS "isRevoked", COALESCE(actors.suspended, false) AS "isSuspended",
              k.made_with IS NOT NULL AND NOT EXISTS (SELECT FROM keys WHERE kid = k.made_with AND revoked_index IS NULL)
                AND NOT EXISTS (SELECT FROM people WHERE 'person:' || id = k.made_with AND ended_at IS NULL) AS "isOrphan",
              extract(epoch FROM k.last_used_at)::float8 * 1000 AS used
         FROM machine_keys AS k LEFT JOIN actors ON actors.id = k.actor
        WHERE k.digest = decode($1, 'hex')`,
      [digest],
    );
    return rows[0] ?? null;
  }

  /** Notes the use of a key now and then, after the answer. */
  private note({ id, used }: StoredKey): void {
    const now = this.clock.now();
    if (now - Math.max(used ?? 0, this.noted.get(id) ?? 0) < NOTED_EVERY) return;
    this.noted.set(id, now);
    this.database
      .query('UPDATE machine_keys SET last_used_at = $2 WHERE id = $1', [id, new Date(now)])
      .catch((err: unknown) => this.logger.warn({ msg: 'the use of a key could not be noted', err }));
  }
}
