import { Injectable } from '@nestjs/common';
import { OPERATOR, actorOf, managedBy, manages } from '../../core/access/owner.js';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import { AditError } from '../../core/errors.js';
import type { NewSilence, Silence } from '../../core/api/alerts/silence.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { ownerNow } from '../http/viewing.js';
import { Journal } from '../journal/journal.js';
import { AlertSight } from './alert-sight.js';
import { SilenceRow } from './silence.entity.js';

/** Silences in force at most: every alert is compared with each of them. */
const SILENCE_LIMIT = 500;
/** Silences of one actor in force at most. */
const ACTOR_LIMIT = 100;
/** Longest duration of a silence, ms; a longer one would be forgotten. */
const LONGEST = 90 * 86_400_000;

type CountedSilence = SilenceRow & { holding: number };

const silenceOf = ({
  by_whom,
  until,
  created_at,
  ended_at,
  ended_by,
  owner: _owner,
  ...row
}: CountedSilence): Silence => ({
  ...row,
  by: by_whom,
  until: until.toISOString(),
  createdAt: created_at.toISOString(),
  endedAt: ended_at?.toISOString() ?? null,
  endedBy: ended_by,
});

const COUNTED =
  'SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding FROM silences AS s';
const IN_FORCE = 'until > clock_timestamp() AND ended_at IS NULL';

/** Returns the silences in force that hold back alerts for all subscribers, the one that ends last first. */
export async function activeSilences(db: Queryable): Promise<Silence[]> {
  const { rows } = await db.query<CountedSilence & Record<string, unknown>>(
    `${COUNTED} WHERE ${IN_FORCE} AND (owner IS NULL OR owner = $1) ORDER BY until DESC, id`,
    [OPERATOR],
  );
  return rows.map(silenceOf);
}

/** Returns the filters of the silences in force of actors, which hold back messages of their own subscriptions. */
export async function silencesOf(
  db: Queryable,
  actors: readonly string[],
): Promise<{ owner: string; filters: AlertFilters }[]> {
  if (actors.length === 0) return [];
  const { rows } = await db.query<{ owner: string; filters: AlertFilters }>(
    `SELECT owner, filters FROM silences WHERE ${IN_FORCE} AND owner = ANY($1::text[])`,
    [actors],
  );
  return rows;
}

/** Creates, lists and ends silences. Silenced alerts are raised and listed, but subscribers are not notified. */
@Injectable()
export class SilenceAlerts {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly sight: AlertSight,
  ) {}

  async silence({ filters, until, reason, by }: NewSilence): Promise<Silence> {
    const wait = Date.parse(until) - Date.now();
    if (wait <= 0 || wait > LONGEST) {
      const detail = `A silence ends in the future, and within ${LONGEST / 86_400_000} days.`;
      throw new AditError('request-invalid', detail, [{ pointer: '/until', code: 'request-invalid', detail }]);
    }
    await this.sight.requireFilters(filters);
    const owner = ownerNow();
    const row = await this.database.transaction(async (db) => {
      const silences = db.repository(SilenceRow);
      const most = actorOf(owner) === null ? SILENCE_LIMIT : ACTOR_LIMIT;
      const inForce = silences
        .createQueryBuilder()
        .where(`${IN_FORCE} AND owner IS NOT DISTINCT FROM :owner`, { owner });
      if ((await inForce.getCount()) >= most)
        throw new AditError('request-invalid', `There are ${most} silences already; end one first.`);
      const inserted = silences.create({ filters, until, reason, by_whom: by ?? null, owner });
      await silences.insert(inserted);
      await this.journal.added(db, 'silences', [inserted.id]);
      return silences.findOneByOrFail({ id: inserted.id });
    });
    return silenceOf(Object.assign(row, { holding: 0 }));
  }

  /** Lists the viewer's silences in force; with `ended`, the newest of all. */
  async list(ended = false): Promise<Silence[]> {
    const which = ended ? 'true' : IN_FORCE;
    const rows = await this.database.rows<CountedSilence & Record<string, unknown>>(
      `${COUNTED} WHERE ${which} AND ${managedBy('$2', 'owner')} ORDER BY ${ended ? 'created_at' : 'until'} DESC, id LIMIT $1`,
      [SILENCE_LIMIT, ownerNow()],
    );
    return rows.map(silenceOf);
  }

  /**
   * Ends a silence early and records who ended it; notifications that it held back for all are sent now. Throws `not-found`.
   */
  async end(id: string, by: string | null = null): Promise<void> {
    const missing = new AditError('not-found', `There is no silence ${id} in force.`);
    await this.database.transaction(async (db) => {
      const silences = db.repository(SilenceRow);
      const row = await silences.findOneBy({ id });
      if (row === null || !manages(ownerNow(), row.owner)) throw missing;
      await db.query('UPDATE alerts SET silenced_by = NULL, tell_at = clock_timestamp() WHERE silenced_by = $1', [id]);
      const { affected } = await this.journal.change(db, 'silences', [id], () =>
        silences
          .createQueryBuilder()
          .update({ ended_at: () => 'clock_timestamp()', ended_by: by })
          .where(`id = :id AND ${IN_FORCE}`, { id })
          .execute(),
      );
      if (affected === 0) throw missing;
    });
  }
}
