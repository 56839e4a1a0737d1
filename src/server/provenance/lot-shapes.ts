import * as z from 'zod';
import type { LotState } from '../../core/custody/lot-state.js';
import { severities } from '../../core/rules/engine/rule.js';
import { pageShape } from '../http/paging.js';
import type { LotEvent } from './list-lot-events.js';
import type { Report } from './report-lot.js';
import type { Lineage } from './trace-lineage.js';

/** Schemas of the answers about lots (wire.md, "Responses"), for OpenAPI and tests. */

const text = z.string();
const quantity = z.strictObject({ value: text, uom: text });
const status = z.enum(['held', 'inTransit', 'consumed', 'closed']);
const origins = z.array(z.strictObject({ site: text, mass: quantity }));
const originsBy = z.enum(['containedMetal', 'dryMass', 'wetMass']);
const share = text.describe('0.0000 to 1.0000 of the mass of the lot');

const verdicts = z.strictObject({
  record: z.enum(['intact', 'broken']),
  custody: z.enum(['complete', 'open', 'gaps']),
  risk: z.enum(['none', ...severities, 'undetermined']),
});

const asOf = z.strictObject({ size: z.int(), verified: z.int() });

const state = {
  id: text,
  status,
  holder: text,
  inTransitTo: text.nullable(),
  onHold: z.boolean(),
  head: text,
  mineral: text,
  form: text,
  mass: quantity,
  moisturePercent: text.nullable(),
  grades: z.array(
    z.strictObject({
      analyte: text,
      value: text,
      uom: z.enum(['P1', 'NX', '59']),
      basis: z.enum(['dry', 'wet']),
      method: text.optional(),
    }),
  ),
  tags: z.array(text),
  model: text.nullable(),
  lotNumber: text.nullable(),
  origins,
  originsBy,
};

export const lotsShape = pageShape(z.strictObject({ ...state, verdicts: verdicts.optional() }));
export const lotShape = z.strictObject({ ...state, verdicts, asOf }) satisfies z.ZodType<LotState>;

export const lotEventsShape = pageShape(
  z.strictObject({
    seq: z.int(),
    id: text,
    index: z.int(),
    type: text,
    iss: text,
    occurredAt: text,
    recordedAt: text.nullable(),
    event: text,
  }) satisfies z.ZodType<LotEvent>,
);

export const lineageShape = z.strictObject({
  lot: text,
  direction: z.enum(['upstream', 'downstream']),
  nodes: z.array(z.strictObject({ lot: text, status, holder: text, mass: quantity })),
  edges: z.array(z.strictObject({ from: text, to: text, event: text, mass: quantity })),
  truncated: z.boolean(),
}) satisfies z.ZodType<Lineage>;

export const reportShape = z.strictObject({
  lot: text,
  asOf,
  notices: z.array(
    z.strictObject({
      kind: z.enum(['hold', 'assignment', 'dispute', 'incident', 'claim']),
      text,
      severity: z.enum(severities),
      share: share.nullable(),
      finding: text,
    }),
  ),
  verdicts,
  coverage: z.strictObject({ tracedToSite: share, assayed: share, signedByBothSides: share }),
  origins,
  originsBy,
  findings: z.array(
    z.strictObject({
      id: text,
      rule: text,
      version: z.int(),
      severity: z.enum(severities),
      status: text,
      lots: z.array(text),
      events: z.array(text),
      measured: text,
      threshold: text,
      detail: text,
      openedAt: text,
      share: share.nullable(),
      counts: z.boolean(),
    }),
  ),
  undecided: z.array(z.strictObject({ rule: text, subject: text, reason: text })),
}) satisfies z.ZodType<Report>;
