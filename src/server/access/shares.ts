import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newSecret } from '../../core/access/secret-text.js';
import { tokenInvalid } from '../../core/access/jwt.js';
import type { ShareViewer, Viewer } from '../../core/access/viewer.js';
import type { MadeShare, NewShare, Share, Shared } from '../../core/api/access/share.js';
import { AditError, requestInvalid } from '../../core/errors.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { actorNow, viewerNow } from '../http/viewing.js';
import { LotRights } from '../ledger/read/lot-rights.js';
import { isSecure } from './sign-in/session-cookie.js';

/** Cookie by which a browser has a share after it opened the link, and its life at most, s. */
const COOKIE = 'adit-share';
const COOKIE_LIFETIME = 12 * 60 * 60;
const READS = new Set(['GET', 'HEAD']);
/** Longest life of a share, ms: two years. */
const LONGEST = 2 * 366 * 86_400_000;
/** Shares in force of one actor on one lot at most. */
const MOST = 100;

interface ShareRow {
  id: string;
  lot: string;
  by_actor: string;
  label: string | null;
  disclosures: boolean;
  created_at: Date;
  expires_at: Date;
  withdrawn_at: Date | null;
  uses: number;
  last_used_at: Date | null;
}

const COLUMNS = `id, lot, by_actor, label, disclosures, created_at, expires_at, withdrawn_at,
  (SELECT count(*) FROM accesses WHERE accesses.lot = shares.lot AND viewer = 'share:' || shares.id) AS uses,
  (SELECT max(at) FROM accesses WHERE accesses.lot = shares.lot AND viewer = 'share:' || shares.id) AS last_used_at`;

const shareOf = (row: ShareRow): Share => ({
  id: row.id,
  lot: row.lot,
  label: row.label,
  disclosures: row.disclosures,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
  uses: row.uses,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Makes, lists and withdraws links that show one lot to who has the link. */
@Injectable()
export class Shares {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
    private readonly config: Config,
  ) {}

  /**
   * Makes a link to a lot that the viewer is or was a party of itself: a grant or the supervision of a country is not to be
   * passed on. Throws `not-found`, `not-allowed` and `request-invalid`.
   */
  async make(lot: string, { expiresAt, label, disclosures }: NewShare): Promise<MadeShare> {
    const actor = maker();
    await this.rights.requireOwnPart(lot);
    const left = Date.parse(expiresAt) - Date.now();
    if (left <= 0 || left > LONGEST)
      throw requestInvalid('/expiresAt', 'A share ends in the future, and within two years.');
    const secret = newSecret('share');
    const { rows } = await this.database.query<ShareRow>(
      `INSERT INTO shares (secret_hash, lot, by_actor, label, disclosures, expires_at)
       SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM shares WHERE by_actor = $3 AND lot = $2 AND withdrawn_at IS NULL AND expires_at > now()) < ${MOST}
       RETURNING ${COLUMNS}`,
      [digestOf(secret), lot, actor, label ?? null, disclosures, expiresAt],
    );
    const [row] = rows;
    if (row === undefined)
      throw requestInvalid('', `There are ${MOST} shares of this lot already; withdraw one first.`);
    return { ...shareOf(row), secret, url: `${this.config.publicUrl}/p/#${secret}` };
  }

  /** Lists the viewer's links to a lot, the newest first. */
  async list(lot: string): Promise<Share[]> {
    const { rows } = await this.database.query<ShareRow>(
      `SELECT ${COLUMNS} FROM shares WHERE by_actor = $1 AND lot = $2 ORDER BY created_at DESC, id LIMIT ${10 * MOST}`,
      [maker(), lot],
    );
    return rows.map(shareOf);
  }

  /** Ends a link of the viewer at once. Throws `not-found`. */
  async withdraw(id: string): Promise<void> {
    const { rowCount } = await this.database.query(
      'UPDATE shares SET withdrawn_at = now() WHERE id = $1 AND by_actor = $2 AND withdrawn_at IS NULL',
      [id, maker()],
    );
    if (rowCount === 0) throw new AditError('not-found', `There is no share ${id} in force.`);
  }

  /**
   * Returns the viewer that a secret makes: it sees the lot as its maker does now, and nothing once the maker sees nothing.
   * Throws `token-invalid`.
   */
  async viewerOf(secret: string): Promise<ShareViewer> {
    const viewer = await this.viewerIfInForce(secret);
    if (viewer === null) throw tokenInvalid('The share link has ended, or was never made.');
    return viewer;
  }

  /**
   * Returns the viewer that the cookie of a request makes; null: the request has none, or its reader, who is signed in, may see
   * the lot anyway. A share reads, so it makes no viewer of a change. Throws `token-invalid`.
   */
  async viewerByCookie({ method, headers }: FastifyRequest, reader: Viewer | null): Promise<ShareViewer | null> {
    const secret = READS.has(method) ? secretIn(headers.cookie) : null;
    if (secret === null) return null;
    if (reader === null) return this.viewerOf(secret);
    const viewer = await this.viewerIfInForce(secret);
    return viewer === null || (await this.rights.of(viewer.lot, reader)) !== null ? null : viewer;
  }

  /** Returns the cookies by which a browser has a share: one for the pages of its lot, one for the API. */
  cookies(secret: string, { lot, expiresAt }: ShareViewer): string[] {
    const life = Math.max(0, Math.min(COOKIE_LIFETIME, Math.floor((Date.parse(expiresAt) - Date.now()) / 1_000)));
    const more = `Max-Age=${life}; HttpOnly; SameSite=Strict${isSecure(this.config) ? '; Secure' : ''}`;
    return ['', '/v1'].map((base) => `${COOKIE}=${secret}; Path=${base}/lots/${lot}; ${more}`);
  }

  private async viewerIfInForce(secret: string): Promise<ShareViewer | null> {
    const row = await this.inForce('secret_hash = $1', [digestOf(secret)]);
    const right = row === null ? null : await this.rights.ownPart(row.lot, row.by_actor);
    if (row === null || right === null) return null;
    return {
      kind: 'share',
      share: row.id,
      by: row.by_actor,
      lot: row.lot,
      until: right.until,
      expiresAt: row.expires_at.toISOString(),
      disclosures: row.disclosures,
    };
  }

  /** Describes the share of the viewer. Throws `not-allowed` for any other viewer. */
  shown(): Shared {
    const viewer = viewerNow();
    if (viewer.kind !== 'share') throw new AditError('not-allowed', 'This describes a share link, to who has one.');
    return sharedBy(viewer);
  }

  private async inForce(where: string, values: unknown[]): Promise<ShareRow | null> {
    const { rows } = await this.database.lookup.query<ShareRow>(
      `SELECT id, lot, by_actor, disclosures, expires_at FROM shares
        WHERE ${where} AND withdrawn_at IS NULL AND expires_at > now()`,
      values,
    );
    return rows[0] ?? null;
  }
}

/** Describes the share that makes a viewer. */
export const sharedBy = ({ lot, until, disclosures, expiresAt }: ShareViewer): Shared => ({
  lot,
  until,
  disclosures,
  expiresAt,
});

/** Returns the secret among the cookies of a request; null: there is none. */
function secretIn(header = ''): string | null {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}

function maker(): string {
  const actor = actorNow();
  if (actor === null) throw new AditError('not-allowed', 'Only an actor shares lots: sign in with its key.');
  return actor;
}
