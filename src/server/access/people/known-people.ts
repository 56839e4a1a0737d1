import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../core/access/scopes.js';
import { Clock } from '../../clock.js';
import { Database } from '../../database/database.js';
import { Recent } from '../recent.js';

/** A person in force, as a session needs it. */
export interface KnownPerson {
  id: string;
  /** null: the operator. */
  actor: string | null;
  scopes: Scope[];
}

const IN_FORCE = 'p.ended_at IS NULL AND NOT COALESCE(actors.suspended, false)';

/** Looks up people who sign in through the identity provider. */
@Injectable()
export class KnownPeople {
  private readonly kept: Recent<KnownPerson | null>;

  constructor(
    private readonly database: Database,
    clock: Clock,
  ) {
    this.kept = new Recent(clock, (id) => this.find('p.id = $1::uuid', [id]));
  }

  /** Returns a person as it was at most a few seconds ago; null: ended, or its actor is suspended. */
  recent(id: string): Promise<KnownPerson | null> {
    return this.kept.get(id);
  }

  /** Returns the person whom an identity provider knows by a subject; null: none here. */
  bySubject(issuer: string, subject: string): Promise<KnownPerson | null> {
    return this.find('p.issuer = $1 AND p.subject = $2', [issuer, subject]);
  }

  private async find(where: string, values: unknown[]): Promise<KnownPerson | null> {
    const { rows } = await this.database.lookup.query<KnownPerson>(
      `SELECT p.id, p.actor, p.scopes FROM people AS p LEFT JOIN actors ON actors.id = p.actor WHERE ${where} AND ${IN_FORCE}`,
      values,
    );
    return rows[0] ?? null;
  }
}
