import * as z from 'zod';
import { grade } from '../event/quantity-claims.js';
import { lotStatuses, originBases } from '../custody/view.js';
import { severities } from '../rules/engine/rule.js';
import { massShape } from './mass.js';
import { named } from './named.js';

/** Describes the three verdicts on a lot: record, custody and risk (protocol.md §6). There is no single "verified". */
export const verdictsShape = named('Verdicts', {
  record: z.enum(['intact', 'broken']),
  custody: z.enum(['complete', 'open', 'gaps']),
  risk: z.enum(['none', ...severities, 'undetermined']),
});
export type Verdicts = z.infer<typeof verdictsShape>;

/** Describes the state that an answer is based on. */
export const asOfShape = z.strictObject({
  size: z.int().describe('Entries in the log'),
  verified: z.int().describe('Entries that the workers have judged'),
  lag: z
    .number()
    .optional()
    .describe('Seconds by which this may be behind the log at most; only where a replica of the database answered'),
});
export type AsOf = z.infer<typeof asOfShape>;

/** Describes the sites that a lot comes from, with the mass from each. */
export const originsShape = z.array(z.strictObject({ site: z.string(), mass: massShape }));

/** Describes the state of a lot as the log proves it; a bundle has the same. */
const lotStateShape = z.strictObject({
  id: z.string(),
  status: z.enum(lotStatuses),
  holder: z.string(),
  inTransitTo: z.string().nullable(),
  onHold: z.boolean(),
  head: z.string().describe('Id of its newest event'),
  mineral: z.string(),
  form: z.string(),
  mass: massShape,
  moisturePercent: z.string().nullable(),
  grades: z.array(grade),
  tags: z.array(z.string()),
  model: z.string().nullable(),
  lotNumber: z.string().nullable(),
  origins: originsShape,
  originsBy: z.enum(originBases),
});
export type LotState = z.infer<typeof lotStateShape>;

/** Describes a lot in a list (`GET /v1/lots`). */
export const listedLotShape = lotStateShape
  .extend({
    verdicts: verdictsShape.optional().describe('Only where the search is by verdict'),
  })
  .meta({ id: 'ListedLot' });
export type ListedLot = z.infer<typeof listedLotShape>;

/** Describes one lot (`GET /v1/lots/{id}`). */
export const lotShape = lotStateShape.extend({ verdicts: verdictsShape, asOf: asOfShape }).meta({ id: 'Lot' });
export type JudgedLotState = z.infer<typeof lotShape>;

/** Describes the ancestors or descendants of a lot (`GET /v1/lots/{id}/lineage`). */
export const lineageShape = named('Lineage', {
  lot: z.string(),
  direction: z.enum(['upstream', 'downstream']),
  nodes: z.array(z.strictObject({ lot: z.string(), status: z.enum(lotStatuses), holder: z.string(), mass: massShape })),
  edges: z
    .array(z.strictObject({ from: z.string(), to: z.string(), event: z.string(), mass: massShape }))
    .describe('Mass that flowed from an input to an output, in both directions of the search'),
  truncated: z.boolean(),
});
export type Lineage = z.infer<typeof lineageShape>;
