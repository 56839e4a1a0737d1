import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { type Scope, actorScopes, operatorScopes } from '../../../core/access/scopes.js';
import { hasScope, isMachine } from '../../../core/access/viewer.js';
import type { Page } from '../../../core/api/page.js';
import type { NewPerson, Person } from '../../../core/api/access/person.js';
import { requestTime } from '../../../core/api/values.js';
import { AditError, requestInvalid } from '../../../core/errors.js';
import { Clock } from '../../clock.js';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { type PageQuery, decodeCursor, pageOf } from '../../http/paging.js';
import { actorNow, viewerNow } from '../../http/viewing.js';
import { Journal } from '../../journal/journal.js';

/** People in force at most. */
const MOST = 10_000;

interface Row {
  id: string;
  issuer: string;
  subject: string;
  label: string;
  actor: string | null;
  scopes: Scope[];
  created_at: Date;
  ended_at: Date | null;
}

const COLUMNS = 'id, issuer, subject, label, actor, scopes, created_at, ended_at';
const position = z.tuple([requestTime, z.uuid()]);

/** Maps people of the identity provider to actors: the operator maps them, and an actor sees and ends those that act for it. */
@Injectable()
export class People {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Maps a person to an actor. Throws `request-invalid`, and `not-allowed` for a program: a stolen key would sign its thief in. */
  async create({ subject, label, scopes, ...asked }: NewPerson): Promise<Person> {
    if (isMachine(viewerNow()))
      throw new AditError('not-allowed', 'A key for machines signs nobody in: use the token of the operator.');
    const actor = asked.actor ?? null;
    const { oidcIssuer: issuer } = this.config;
    if (issuer === null) throw requestInvalid('', 'This service has no identity provider: set ADIT_OIDC_ISSUER.');
    const foreign = scopes.find((scope) => !(actor === null ? operatorScopes : actorScopes).includes(scope));
    if (foreign !== undefined) throw requestInvalid('/scopes', `${foreign} is not for people who act for an actor.`);
    return this.database.transaction(async (db) => {
      if (actor !== null && (await db.query('SELECT FROM actors WHERE id = $1', [actor])).rows.length === 0)
        throw requestInvalid('/actor', `There is no actor ${actor}.`);
      const id = randomUUID();
      const { rows } = await db.query<Row>(
        `INSERT INTO people (id, issuer, subject, label, actor, scopes, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM people WHERE ended_at IS NULL) < ${MOST}
         ON CONFLICT (issuer, subject) WHERE ended_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
        [id, issuer, subject, label, actor, [...new Set(scopes)], new Date(this.clock.now())],
      );
      const [row] = rows;
      if (row === undefined)
        throw requestInvalid('/subject', 'The person has an actor already, or there are too many; end one first.');
      await this.journal.added(db, 'people', [id]);
      return shown(row);
    });
  }

  /** Lists people, ended ones too: those of the viewer, and for an administrator all. */
  async list({ limit, cursor }: PageQuery): Promise<Page<Person>> {
    const [at, id] = decodeCursor(cursor, position) ?? ['0001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'];
    const { rows } = await this.database.query<Row & { position: string }>(
      `SELECT ${COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position FROM people
        WHERE ($4 OR actor = $5) AND (created_at, id) > ($1::timestamptz, $2::uuid) ORDER BY created_at, id LIMIT $3`,
      [at, id, limit + 1, isAdmin(), actorNow()],
    );
    return pageOf(rows, limit, (row) => [row.position, row.id], shown);
  }

  /** Ends a person: its sessions end within seconds. Throws `not-found`. */
  async end(id: string): Promise<void> {
    await this.database.transaction(async (db) => {
      const { rows } = await db.query(
        'SELECT FROM people WHERE id = $1 AND ($2 OR actor = $3) AND ended_at IS NULL FOR UPDATE',
        [id, isAdmin(), actorNow()],
      );
      if (rows.length === 0) throw new AditError('not-found', `There is no person ${id}.`);
      await this.journal.change(db, 'people', [id], () =>
        db.query('UPDATE people SET ended_at = $2 WHERE id = $1', [id, new Date(this.clock.now())]),
      );
    });
  }
}

const isAdmin = (): boolean => hasScope(viewerNow(), 'admin');

const shown = (row: Row): Person => ({
  id: row.id,
  issuer: row.issuer,
  subject: row.subject,
  label: row.label,
  actor: row.actor,
  scopes: row.scopes,
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
});
