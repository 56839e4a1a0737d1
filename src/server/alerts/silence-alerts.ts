import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { line, prose, requestTime } from '../../core/api/values.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { type AlertFilters, alertFilters, groupOf } from './alert-filter.js';
import { SilenceRow } from './silence.entity.js';

/** Silences in force at most: every alert is compared with each of them. */
const SILENCE_LIMIT = 500;
/** Longest duration of a silence, ms; a longer one would be forgotten. */
const LONGEST = 90 * 86_400_000;
const NAME = 200;
const REASON = 2_000;

/** Group of alerts on damage to the record itself; no silence covers them. */
const NEVER_SILENT = 'record';

/** Returns why filters do not suit a silence, or null. */
function silenceFault(filters: AlertFilters): { path: string[]; message: string } | null {
  const never = 'no silence covers damage to the record';
  const named = { ...filters, minimumSeverity: undefined };
  const rule = named.rules?.find((one) => groupOf(one) === NEVER_SILENT);
  if (rule !== undefined) return { path: ['rules'], message: `must not name ${rule}: ${never}` };
  if (named.groups?.includes(NEVER_SILENT))
    return { path: ['groups'], message: `must not name ${NEVER_SILENT}: ${never}` };
  if (Object.values(named).some((one) => one !== undefined)) return null;
  const such = 'rules, groups, minerals, sites, countries, lots or holder';
  return { path: [], message: `must name more than a severity (${such}): a silence never covers all alerts` };
}

/** Whether a silence may cover alerts of a rule. */
export const maySilence = (rule: string): boolean => groupOf(rule) !== NEVER_SILENT;

export const silencesQuery = z.strictObject({ ended: z.enum(['exclude', 'include']).default('exclude') });
export const endedBy = z.strictObject({ by: line(NAME).optional() });

export const newSilence = z.strictObject({
  filters: alertFilters.superRefine((filters, context) => {
    const fault = silenceFault(filters);
    if (fault !== null) context.addIssue({ code: 'custom', ...fault });
  }),
  until: requestTime,
  reason: prose(REASON),
  by: line(NAME).optional(),
});
export type NewSilence = z.infer<typeof newSilence>;

/** Filters, end and reason of a new silence. */
export const silenceShape = z.strictObject({
  id: z.uuid(),
  filters: alertFilters,
  reason: z.string(),
  by: z.string().nullable(),
  until: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable().describe('Time at which it was ended early; null if it was not'),
  endedBy: z.string().nullable(),
  holding: z.int().describe('Alerts that it silences now'),
});
export type Silence = z.infer<typeof silenceShape>;

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
