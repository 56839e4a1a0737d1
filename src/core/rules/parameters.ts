import * as z from 'zod';

/**
 * Thresholds are data: by mineral, by process and by country, with a version and the day from which they hold. Shares
 * are whole parts per million, so that every comparison is one of integers.
 */
const severity = z.enum(['low', 'medium', 'high', 'critical']);
const partsPerMillion = z.int().min(0).max(10_000_000);
const kilogramsText = z.string().regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/);

/** A gain up to `ok` is measurement error; up to `warn` it is worth a look; above, it cannot be. */
const tolerance = z.strictObject({ ok: partsPerMillion, warn: partsPerMillion });
const tolerances = z.strictObject({ default: tolerance, byMineral: z.record(z.string(), tolerance) });
const graceHours = z.strictObject({ domestic: z.int().min(0), international: z.int().min(0) });

export const parametersSchema = z.strictObject({
  version: z.int().min(1),
  from: z.iso.date(),
  record: z.strictObject({ severity }),
  handoverOverdue: z.strictObject({
    /** From the planned arrival on; a shorter or longer grace for dispatches that leave a country, by ISO 3166 code. */
    graceHours,
    graceHoursByCountry: z.record(z.string().length(2), graceHours),
    severity,
    /** This many times the grace after the planned arrival it becomes `severityLater`. */
    laterAfterGraces: z.int().min(2),
    severityLater: severity,
  }),
  notHolder: z.strictObject({ severity }),
  doubleSaleAttempt: z.strictObject({ severity, severityRepeated: severity }),
  tagReused: z.strictObject({ severity }),
  massGained: z.strictObject({
    /** One place, two weighings. */
    reweighed: tolerances,
    /** Dispatch to receipt. */
    handedOver: tolerances,
    /** Export to import. */
    imported: tolerances,
    /** Inputs to outputs of `lot.aggregated` and `lot.split`. */
    closure: tolerances,
    /** Dry mass through `lot.processed`. */
    processed: tolerances,
    /** Contained metal through `lot.processed`; two assays stand behind it. */
    metal: tolerances,
    /** Processes that add matter (reagents, flux): their residues do not count as mass that came from the inputs. */
    addsMatter: z.array(z.string()),
    /** Processes that add water: wet masses are not compared. */
    addsWater: z.array(z.string()),
    severityWarn: severity,
    severity,
  }),
  siteOverCapacity: z.strictObject({
    windowDays: z.array(z.int().min(1).max(366)).min(1),
    /** Where a site's registration gives workers but no figure for the mineral. */
    kilogramsPerWorkerMonth: z.record(z.string(), kilogramsText),
    /** In rising order. */
    levels: z.array(z.strictObject({ above: partsPerMillion, severity })).min(1),
  }),
});

export type Parameters = z.infer<typeof parametersSchema>;
export type Tolerance = z.infer<typeof tolerance>;
export type Tolerances = z.infer<typeof tolerances>;

export const defaultParameters: Parameters = parametersSchema.parse({
  version: 1,
  from: '2026-01-01',
  record: { severity: 'critical' },
  handoverOverdue: {
    graceHours: { domestic: 24, international: 72 },
    graceHoursByCountry: {},
    severity: 'medium',
    laterAfterGraces: 3,
    severityLater: 'high',
  },
  notHolder: { severity: 'high' },
  doubleSaleAttempt: { severity: 'medium', severityRepeated: 'high' },
  tagReused: { severity: 'critical' },
  massGained: {
    reweighed: { default: { ok: 5_000, warn: 10_000 }, byMineral: {} },
    handedOver: { default: { ok: 5_000, warn: 10_000 }, byMineral: { gold: { ok: 1_000, warn: 3_000 } } },
    imported: { default: { ok: 5_000, warn: 10_000 }, byMineral: {} },
    closure: { default: { ok: 5_000, warn: 10_000 }, byMineral: {} },
    processed: { default: { ok: 5_000, warn: 10_000 }, byMineral: {} },
    metal: { default: { ok: 10_000, warn: 20_000 }, byMineral: { gold: { ok: 5_000, warn: 10_000 } } },
    addsMatter: ['leach', 'smelt', 'refine'],
    addsWater: ['wash', 'leach'],
    severityWarn: 'medium',
    severity: 'critical',
  },
  siteOverCapacity: {
    windowDays: [30, 90],
    kilogramsPerWorkerMonth: { coltan: '12', cassiterite: '40', wolframite: '30', cobalt: '3000', gold: '0.035' },
    levels: [
      { above: 1_000_000, severity: 'medium' },
      { above: 1_500_000, severity: 'high' },
      { above: 3_000_000, severity: 'critical' },
    ],
  },
});

export const toleranceFor = (all: Tolerances, mineral: string): Tolerance => all.byMineral[mineral] ?? all.default;
