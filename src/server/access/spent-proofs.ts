import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';

/** Interval at which a process removes expired proofs, s. */
const CLEANING = 60;

/** A proof that may be used once. */
export interface Once {
  /** Key that signed it. */
  kid: string;
  jti: string;
  /** Time after which it has expired, s since 1970 UTC. */
  until: number;
}

const digestOf = ({ kid, jti }: Once): string => createHash('sha256').update(`${kid}\0${jti}`).digest('hex');

/**
 * Marks proofs as used, once in all processes. Proofs of requests that arrive together are marked by one statement. A mark
 * does not wait for the disk, so a failure of the database loses those of the last second.
 */
@Injectable()
export class SpentProofs {
  private readonly logger = new Logger('access');
  private waiting = new Map<string, number>();
  private next: Promise<Set<string>> | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private cleaned = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Marks a proof as used; returns false if it was before. */
  async spend(proof: Once): Promise<boolean> {
    const digest = digestOf(proof);
    if (this.waiting.has(digest)) return false;
    this.waiting.set(digest, proof.until);
    const begin = (): Promise<Set<string>> => {
      this.next = null;
      const batch = this.waiting;
      this.waiting = new Map();
      return this.mark(batch);
    };
    const result = (this.next ??= this.running.then(begin, begin));
    this.running = result;
    return (await result).has(digest);
  }

  /** Whether a proof was marked as used. */
  async isSpent(proof: Once): Promise<boolean> {
    const { rows } = await this.database.lookup.query<{ spent: boolean }>(
      `SELECT EXISTS (SELECT FROM spent_proofs WHERE digest = decode($1, 'hex')) AS spent`,
      [digestOf(proof)],
    );
    return rows[0]?.spent === true;
  }

  /** Returns the digests that were not marked before. */
  private async mark(batch: ReadonlyMap<string, number>): Promise<Set<string>> {
    const { rows } = await this.database.lookup.query<{ digest: string }>(
      `INSERT INTO spent_proofs (digest, until)
         SELECT decode(digest, 'hex'), until
           FROM unnest($1::text[], $2::bigint[]) AS proof (digest, until),
                (SELECT set_config('synchronous_commit', 'off', true)) AS setting
          ORDER BY digest
         ON CONFLICT DO NOTHING RETURNING encode(digest, 'hex') AS digest`,
      [[...batch.keys()], [...batch.values()]],
    );
    this.clean();
    return new Set(rows.map(({ digest }) => digest));
  }

  /** Removes expired proofs now and then, after the answer. */
  private clean(): void {
    const now = Math.floor(this.clock.now() / 1_000);
    if (now - this.cleaned < CLEANING) return;
    this.cleaned = now;
    this.database
      .query('DELETE FROM spent_proofs WHERE until < $1', [now])
      .catch((err: unknown) => this.logger.warn({ msg: 'expired proofs could not be removed', err }));
  }
}
