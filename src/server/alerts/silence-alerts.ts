import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { line, prose, requestTime } from '../../core/api/values.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { type AlertFilters, alertFilters, groupOf } from './alert-filter.js';

/** Silences in force at once at most: each is asked about every alert. */
const SILENCE_LIMIT = 500;
/** Nobody is to forget for longer what he did not want to hear, ms. */
const LONGEST = 90 * 86_400_000;
const NAME = 200;
const REASON = 2_000;

/** Alerts of this group say that the record itself is damaged: no silence covers them, whatever it names. */
const NEVER_SILENT = 'record';

/** Says why filters are none for a silence, or null. */
function silenceFault(filters: AlertFilters): { path: string[]; message: string } | null {
  const never = 'damage to the record is never silent';
  const named = { ...filters, minimumSeverity: undefined };
  const rule = named.rules?.find((one) => groupOf(one) === NEVER_SILENT);
  if (rule !== undefined) return { path: ['rules'], message: `must not name ${rule}: ${never}` };
  if (named.groups?.includes(NEVER_SILENT))
    return { path: ['groups'], message: `must not name ${NEVER_SILENT}: ${never}` };
  if (Object.values(named).some((one) => one !== undefined)) return null;
  const such = 'rules, groups, minerals, sites, countries, lots or holder';
  return { path: [], message: `must name something more than a severity (${such}): all is never silent` };
}

/** Whether a silence may hold back alerts of a rule at all. */
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

/** What nobody wants to be told of until then, and why. */
export const silenceShape = z.strictObject({
  id: z.uuid(),
  filters: alertFilters,
  reason: z.string(),
  by: z.string().nullable(),
  until: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable().describe('When it was ended before its time; null where it was not'),
  endedBy: z.string().nullable(),
  holding: z.int().describe('Alerts that it holds back now'),
});
export type Silence = z.infer<typeof silenceShape>;

interface SilenceRow {
  id: string;
  filters: AlertFilters;
  reason: string;
  by_whom: string | null;
  until: Date;
  created_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
  holding: number;
}

const silenceOf = ({ by_whom, until, created_at, ended_at, ended_by, ...row }: SilenceRow): Silence => ({
  ...row,
  by: by_whom,
  until: until.toISOString(),
  createdAt: created_at.toISOString(),
  endedAt: ended_at?.toISOString() ?? null,
  endedBy: ended_by,
});

/** Those in force now, the one that lasts longest first. */
export async function activeSilences(db: Queryable): Promise<Silence[]> {
  const { rows } = await db.query<SilenceRow>(
    `SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding
       FROM silences AS s WHERE until > clock_timestamp() AND ended_at IS NULL ORDER BY until DESC, id`,
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
       SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM silences WHERE until > now() AND ended_at IS NULL) < $5
       RETURNING *, 0 AS holding`,
      [filters, until, reason, by ?? null, SILENCE_LIMIT],
    );
    if (row === undefined)
      throw new AditError('request-invalid', `There are ${SILENCE_LIMIT} silences already; end one first.`);
    return silenceOf(row);
  }

  /** Lists those in force; with `ended`, the newest of all that ever were. */
  async list(ended = false): Promise<Silence[]> {
    if (!ended) return activeSilences(this.database.pool);
    const rows = await this.database.query<SilenceRow & Record<string, unknown>>(
      `SELECT s.*, (SELECT count(*) FROM alerts AS a WHERE a.silenced_by = s.id) AS holding
         FROM silences AS s ORDER BY created_at DESC, id LIMIT $1`,
      [SILENCE_LIMIT],
    );
    return rows.map(silenceOf);
  }

  /** Ends a silence before its time, and keeps who did: what it held back is told now. Throws `not-found`. */
  async end(id: string, by: string | null = null): Promise<void> {
    await this.database.transaction(async (db) => {
      const { rowCount } = await db.query(
        `UPDATE silences SET ended_at = clock_timestamp(), ended_by = $2
          WHERE id = $1 AND ended_at IS NULL AND until > clock_timestamp()`,
        [id, by],
      );
      if (rowCount === 0) throw new AditError('not-found', `There is no silence ${id} in force.`);
      await db.query('UPDATE alerts SET silenced_by = NULL, tell_at = clock_timestamp() WHERE silenced_by = $1', [id]);
    });
  }
}
