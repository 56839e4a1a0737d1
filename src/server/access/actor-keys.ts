import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '../../core/event/keys.js';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { Recent } from './recent.js';

/** A registered key as the log's events have left it. */
export interface ActorKey {
  actor: string;
  jwk: PublicJwk;
  /** Whether the key is not revoked, no longer waits, and its actor is not suspended. */
  isActive: boolean;
  /** Thumbprint of the service key in force. */
  serviceKid: string;
}

/** Looks up keys of actors, and whether they are active. */
@Injectable()
export class ActorKeys {
  private readonly kept: Recent<ActorKey | null>;

  constructor(
    private readonly database: Database,
    clock: Clock,
  ) {
    this.kept = new Recent(clock, (kid) => this.find(kid));
  }

  /** Returns a key as it is now; null if it is not registered. */
  async find(kid: string): Promise<ActorKey | null> {
    const { rows } = await this.database.lookup.query<ActorKey>(
      `SELECT keys.actor, keys.jwk, ledger_info.service_kid AS "serviceKid",
                NOT actors.suspended AND keys.revoked_index IS NULL AND (keys.active_from IS NULL OR
                  keys.active_from <= (SELECT time FROM clocks ORDER BY index DESC LIMIT 1)) IS TRUE AS "isActive"
           FROM keys JOIN actors ON actors.id = keys.actor CROSS JOIN ledger_info
          WHERE keys.kid = $1`,
      [kid],
    );
    return rows[0] ?? null;
  }

  /** Returns a key as it was at most a few seconds ago; null if it was not registered. */
  recent(kid: string): Promise<ActorKey | null> {
    return this.kept.get(kid);
  }
}
