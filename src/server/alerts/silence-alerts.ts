import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import type { NewSilence, Silence } from '../../core/api/silence.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { SilenceRow } from './silence.entity.js';

/** Silences in force at most: every alert is compared with each of them. */
const SILENCE_LIMIT = 500;
/** Longest duration of a silence, ms; a longer one would be forgotten. */
const LONGEST = 90 * 86_400_000;

type CountedSilence = SilenceRow & { holding: number };

const silenceOf = ({ by_whom, until, created_at, ended_at, ended_by, ...row }: CountedSilence): Silence => ({
  ...row,
  by: by_whom,
  until: until.toISOString(),
  createdAt: created_at.toISOString(),
  endedAt: ended_at?.toISOString() ?? null,
  endedBy: ended_by,
});

/** Returns the silences in force, the one that ends last first. */
export async function activeSilences(db: Queryable): Promise<Silence[]> {
  const { rows } = await db.query<CountedSilence & Record<string, unknown>>(
    `SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding
       FROM silences AS s WHERE until > clock_timestamp() AND ended_at IS NULL ORDER BY until DESC, id`,
  );
  return rows.map(silenceOf);
}

/** Creates, lists and ends silences. Silenced alerts are raised and listed, but subscribers are not notified. */
@Injectable()
export class SilenceAlerts {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  async silence({ filters, until, reason, by }: NewSilence): Promise<Silence> {
    const wait = Date.parse(until) - Date.now();
    if (wait <= 0 || wait > LONGEST) {
      const detail = `A silence ends in the future, and within ${LONGEST / 86_400_000} days.`;
      throw new AditError('request-invalid', detail, [{ pointer: '/until', code: 'request-invalid', detail }]);
    }
    const row = await this.database.transaction(async (db) => {
      const silences = db.repository(SilenceRow);
      const inForce = silences.createQueryBuilder().where('until > now() AND ended_at IS NULL');
      if ((await inForce.getCount()) >= SILENCE_LIMIT)
        throw new AditError('request-invalid', `There are ${SILENCE_LIMIT} silences already; end one first.`);
      const inserted = silences.create({ filters, until, reason, by_whom: by ?? null });
      await silences.insert(inserted);
      await this.journal.added(db, 'silences', [inserted.id]);
      return silences.findOneByOrFail({ id: inserted.id });
    });
    return silenceOf(Object.assign(row, { holding: 0 }));
  }

  /** Lists the silences in force; with `ended`, the newest of all. */
  async list(ended = false): Promise<Silence[]> {
    if (!ended) return activeSilences(this.database);
    const rows = await this.database.rows<CountedSilence>(
      `SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding
         FROM silences AS s ORDER BY created_at DESC, id LIMIT $1`,
      [SILENCE_LIMIT],
    );
    return rows.map(silenceOf);
  }

  /**
   * Ends a silence early and records who ended it; notifications that it held back are sent now. Throws `not-found`.
   */
  async end(id: string, by: string | null = null): Promise<void> {
    await this.database.transaction(async (db) => {
      await db.query('UPDATE alerts SET silenced_by = NULL, tell_at = clock_timestamp() WHERE silenced_by = $1', [id]);
      const { affected } = await this.journal.change(db, 'silences', [id], () =>
        db
          .repository(SilenceRow)
          .createQueryBuilder()
          .update({ ended_at: () => 'clock_timestamp()', ended_by: by })
          .where('id = :id AND ended_at IS NULL AND until > clock_timestamp()', { id })
          .execute(),
      );
      if (affected === 0) throw new AditError('not-found', `There is no silence ${id} in force.`);
    });
  }
}
