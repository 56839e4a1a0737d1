import { Injectable } from '@nestjs/common';
import { readGtin } from '../../core/access/gtin.js';
import { newPassportCode, readPassportCode } from '../../core/access/passport-code.js';
import type { ShareViewer } from '../../core/access/viewer.js';
import type { NewPassport, Passport } from '../../core/api/access/passport.js';
import { AditError, requestInvalid } from '../../core/errors.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { actorNow } from '../http/viewing.js';
import { LotRights } from '../ledger/read/lot-rights.js';

/** Passports do not end at a time. */
const NEVER = '9999-12-31T23:59:59Z';

interface PassportRow {
  lot: string;
  code: string;
  by_actor: string;
  evidence: boolean;
  gtin: string | null;
  serial: string | null;
  published_at: Date;
}

/** A passport in force, and the viewer that sees what it may show. */
export interface PublishedPassport {
  code: string;
  url: string;
  lot: string;
  evidence: boolean;
  viewer: ShareViewer;
}

/** What a GS1 Digital Link names: a GTIN with a serial or lot number, or a lot number alone. */
export interface Gs1Key {
  gtin?: string;
  serial?: string;
  lotNumber?: string;
}

const COLUMNS = 'lot, code, by_actor, evidence, gtin, serial, published_at';

/** An unpublished, a withdrawn and a never made passport have the same answer. */
export const noPassport = (): AditError => new AditError('not-found', 'There is no passport under this code.');

/** Publishes passports of lots, withdraws them, and finds them by their public codes. */
@Injectable()
export class Passports {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
    private readonly config: Config,
  ) {}

  /**
   * Publishes the passport of a lot that the viewer holds, and keeps the code that the lot once had. Idempotent; a later holder
   * takes it over. Throws `not-found`, `not-allowed` and `request-invalid`.
   */
  async publish(lot: string, { evidence, gtin, serial }: NewPassport): Promise<Passport> {
    await this.rights.requireHolder(lot);
    if (serial !== undefined && gtin === undefined)
      throw requestInvalid('/serial', 'A serial number is that of a GTIN.');
    const { rows } = await this.database
      .query<PassportRow>(
        `INSERT INTO passports AS p (lot, code, by_actor, evidence, gtin, serial)
         SELECT id, $2, holder, $3, $4, $5 FROM lots WHERE id = $1 AND ($6::text IS NULL OR holder = $6)
         ON CONFLICT (lot) DO UPDATE SET by_actor = excluded.by_actor, evidence = excluded.evidence, gtin = excluded.gtin,
           serial = excluded.serial, withdrawn_at = NULL,
           published_at = CASE WHEN p.withdrawn_at IS NULL THEN p.published_at ELSE now() END
         RETURNING ${COLUMNS}`,
        [lot, newPassportCode(), evidence, gtin === undefined ? null : readGtin(gtin), serial ?? null, actorNow()],
      )
      .catch((error: unknown) => {
        if ((error as { constraint?: unknown }).constraint !== 'passports_gs1') throw error;
        throw requestInvalid('/serial', 'Another passport has this GTIN and serial number.');
      });
    const [row] = rows;
    if (row === undefined) throw new AditError('not-allowed', 'Only the holder of a lot publishes its passport.');
    return this.passportOf(row);
  }

  /** Returns the passport of a lot, for those who see the lot. Throws `not-found`. */
  async ofLot(lot: string): Promise<Passport> {
    await this.rights.require(lot);
    const row = await this.inForce('lot = $1', [lot]);
    if (row === null) throw new AditError('not-found', `No passport of lot ${lot} is published.`);
    return this.passportOf(row);
  }

  /** Withdraws the passport of a lot, for its publisher and for the holder of the lot. Throws `not-found`. */
  async withdraw(lot: string): Promise<void> {
    await this.rights.require(lot);
    const { rowCount } = await this.database.query(
      `UPDATE passports AS p SET withdrawn_at = now() FROM lots
        WHERE p.lot = $1 AND lots.id = p.lot AND p.withdrawn_at IS NULL
          AND ($2::text IS NULL OR p.by_actor = $2 OR lots.holder = $2)`,
      [lot, actorNow()],
    );
    if (rowCount === 0) throw new AditError('not-found', `No passport of lot ${lot} is yours to withdraw.`);
  }

  /** Finds the passport under a public code, as its publisher sees the lot now. Throws `not-found`. */
  async byCode(text: string): Promise<PublishedPassport> {
    const row = await this.inForce('code = $1', [readPassportCode(text) ?? '']);
    const right = row === null ? null : await this.rights.ownPart(row.lot, row.by_actor);
    if (row === null || right === null) throw noPassport();
    const { lot, code, evidence, by_actor: by } = row;
    const viewer: ShareViewer = {
      kind: 'share',
      share: code,
      by,
      lot,
      until: right.until,
      expiresAt: NEVER,
      disclosures: false,
    };
    return { lot, code, url: this.urlOf(code), evidence: evidence && right.until === null, viewer };
  }

  /** Finds the public code that a GS1 Digital Link leads to, if it leads to one alone. Throws `not-found`. */
  async byGs1({ gtin, serial, lotNumber }: Gs1Key): Promise<string> {
    const known = gtin === undefined ? null : readGtin(gtin);
    if (gtin !== undefined && known === null) throw noPassport();
    const { rows } = await this.database.lookup.query<{ code: string }>(
      lotNumber === undefined
        ? `SELECT code FROM passports WHERE gtin = $1 AND serial = $2 AND withdrawn_at IS NULL LIMIT 2`
        : `SELECT p.code FROM lots JOIN passports AS p ON p.lot = lots.id
            WHERE ($1::text IS NULL OR p.gtin = $1) AND lots.lot_number = $2 AND p.withdrawn_at IS NULL LIMIT 2`,
      [known, lotNumber ?? serial ?? ''],
    );
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw noPassport();
    return row.code;
  }

  private async inForce(where: string, values: unknown[]): Promise<PassportRow | null> {
    const { rows } = await this.database.lookup.query<PassportRow>(
      `SELECT ${COLUMNS} FROM passports WHERE ${where} AND withdrawn_at IS NULL`,
      values,
    );
    return rows[0] ?? null;
  }

  private passportOf({ by_actor: by, published_at: at, ...row }: PassportRow): Passport {
    return { ...row, url: this.urlOf(row.code), by, publishedAt: at.toISOString() };
  }

  private urlOf(code: string): string {
    return `${this.config.publicUrl}/p/${code}`;
  }
}
