import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type AlertFilters, alertFilters } from './alert-filter.js';

/** Silences in force at once at most: each is asked about every alert. */
const SILENCE_LIMIT = 500;
/** Nobody is to forget for longer what he did not want to hear, ms. */
const LONGEST = 90 * 86_400_000;
const NAME = 200;
const REASON = 2_000;

export const newSilence = z.strictObject({
  filters: alertFilters.refine(
    (filters) => Object.keys(filters).length > 0,
    'must name something: all is never silent',
  ),
  until: z.iso.datetime({ offset: true }),
  reason: z.string().trim().min(1).max(REASON),
  by: z.string().trim().min(1).max(NAME).optional(),
});
export type NewSilence = z.infer<typeof newSilence>;

/** What nobody wants to be told of until then, and why. */
export interface Silence {
  id: string;
  filters: AlertFilters;
  reason: string;
  by: string | null;
  until: string;
  createdAt: string;
  /** Alerts that it holds back now. */
  holding: number;
}

interface SilenceRow {
  id: string;
  filters: AlertFilters;
  reason: string;
  by_whom: string | null;
  until: Date;
  created_at: Date;
  holding: number;
}

const silenceOf = ({ by_whom, until, created_at, ...row }: SilenceRow): Silence => ({
  ...row,
  by: by_whom,
  until: until.toISOString(),
  createdAt: created_at.toISOString(),
});

/** Those in force now, the one that lasts longest first. */
export async function activeSilences(db: Queryable): Promise<Silence[]> {
  const { rows } = await db.query<SilenceRow>(
    `SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding
       FROM silences AS s WHERE until > clock_timestamp() ORDER BY until DESC, id`,
  );
  return rows.map(silenceOf);
}

/** Silences: begins, lists and ends them. Alerts are still raised and listed; they are not told. */
@Injectable()
export class SilenceAlerts {
  constructor(private readonly database: Database) {}

  async silence({ filters, until, reason, by }: NewSilence): Promise<Silence> {
    const wait = Date.parse(until) - Date.now();
    if (wait <= 0 || wait > LONGEST) {
      const detail = `A silence ends in the future, and within ${LONGEST / 86_400_000} days.`;
      throw new AditError('request-invalid', detail, [{ pointer: '/until', code: 'request-invalid', detail }]);
    }
    const [row] = await this.database.query<SilenceRow>(
      `INSERT INTO silences (filters, until, reason, by_whom)
       SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM silences WHERE until > now()) < $5
       RETURNING *, 0 AS holding`,
      [filters, until, reason, by ?? null, SILENCE_LIMIT],
    );
    if (row === undefined)
      throw new AditError('request-invalid', `There are ${SILENCE_LIMIT} silences already; end one first.`);
    return silenceOf(row);
  }

  list(): Promise<Silence[]> {
    return activeSilences(this.database.pool);
  }

  /** Ends a silence before its time: what it held back is told now. Throws `not-found`. */
  async end(id: string): Promise<void> {
    await this.database.transaction(async (db) => {
      const { rowCount } = await db.query('DELETE FROM silences WHERE id = $1', [id]);
      if (rowCount === 0) throw new AditError('not-found', `There is no silence ${id}.`);
      await db.query('UPDATE alerts SET silenced_by = NULL, tell_at = clock_timestamp() WHERE silenced_by = $1', [id]);
    });
  }
}
