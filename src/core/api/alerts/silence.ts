import * as z from 'zod';
import { type AlertFilters, alertFilters, groupOf } from './alert-filters.js';
import { line, prose, requestTime } from '../values.js';
import { named } from '../named.js';

const NAME = 200;
const REASON = 2_000;

/** Group of alerts on damage to the record itself; no silence covers them. */
const NEVER_SILENT = 'record';

/** Whether a silence may cover alerts of a rule. */
export const maySilence = (rule: string): boolean => groupOf(rule) !== NEVER_SILENT;

/** Returns why filters do not suit a silence, or null. */
function silenceFault(filters: AlertFilters): { path: string[]; message: string } | null {
  const never = 'no silence covers damage to the record';
  const wanted = { ...filters, minimumSeverity: undefined };
  const rule = wanted.rules?.find((one) => !maySilence(one));
  if (rule !== undefined) return { path: ['rules'], message: `must not name ${rule}: ${never}` };
  if (wanted.groups?.includes(NEVER_SILENT))
    return { path: ['groups'], message: `must not name ${NEVER_SILENT}: ${never}` };
  if (Object.values(wanted).some((one) => one !== undefined)) return null;
  const such = 'rules, groups, minerals, sites, countries, lots or holder';
  return { path: [], message: `must name more than a severity (${such}): a silence never covers all alerts` };
}

/** Describes a silence to create (`POST /v1/silences`). */
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

export const silencesQuery = z.strictObject({ ended: z.enum(['exclude', 'include']).default('exclude') });
export const endedBy = z.strictObject({ by: line(NAME).optional() });

/** Describes a silence (`GET /v1/silences`). */
export const silenceShape = named('Silence', {
  id: z.uuid(),
  filters: alertFilters,
  reason: z.string(),
  by: z.string().nullable(),
  until: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable().describe('Time at which it was ended early; null if it was not'),
  endedBy: z.string().nullable(),
  holding: z
    .int()
    .describe('Alerts that it silences now for all; 0 for a silence of one actor, which holds back messages'),
});
export type Silence = z.infer<typeof silenceShape>;
