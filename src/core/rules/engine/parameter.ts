import * as z from 'zod';
import { type Severity, severities } from './rule.js';

/**
 * Kinds of parameters. Shares are whole parts per million, so that every comparison uses integers; grades are per cent
 * as decimal strings.
 */
export const severity = z.enum(severities);
export const partsPerMillion = z.int().min(0).max(10_000_000);
export const days = z.int().min(1);
export const hours = z.int().min(0);
export const minutes = z.int().min(0);
export const percentText = z.string().regex(/^(100|[1-9]?[0-9])(\.[0-9]{1,4})?$/);
export const kilogramsText = z.string().regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/);
export const codes = z.array(z.string());

/** A gain up to `ok` is measurement error; up to `warn` it needs a look; above, it is impossible. */
const tolerance = z.strictObject({ ok: partsPerMillion, warn: partsPerMillion });
export const tolerances = z.strictObject({ default: tolerance, byMineral: z.record(z.string(), tolerance) });

export type Tolerance = z.infer<typeof tolerance>;
export type Tolerances = z.infer<typeof tolerances>;

export const toleranceFor = (all: Tolerances, mineral: string): Tolerance => all.byMineral[mineral] ?? all.default;

/** Returns the parameters of a rule that has a severity alone. */
export const severityOnly = (usual: Severity) => z.strictObject({ severity: severity.default(usual) });
