import * as z from 'zod';
import { findingStatuses } from '../rules/engine/answers.js';
import { certainties } from '../rules/engine/evidence.js';
import { severities } from '../rules/engine/rule.js';
import { lotNameShape } from './lot-name.js';
import { line } from './values.js';
import { named } from './named.js';

/** The members that findings, findings in reports, and alerts have in common. */
export const observed = {
  rule: z.string(),
  version: z.int(),
  severity: z.enum(severities),
  lots: z.array(z.string()),
  events: z.array(z.string()),
  measured: z.string(),
  threshold: z.string(),
  detail: z.string(),
  openedAt: z.string(),
};

const answerShape = z.strictObject({
  event: z.string(),
  index: z.int(),
  by: z.string(),
  answer: z.string(),
  reason: z.string(),
  dueOn: z.string().nullable(),
  counts: z.boolean(),
});

/** Describes a finding (`GET /v1/findings`); times are by the log's clock. */
export const findingShape = named('Finding', {
  id: z.uuid(),
  ...observed,
  status: z.enum(findingStatuses),
  subject: z.string(),
  certainty: z.enum(certainties).describe('How sure it is: what is only unusual raises no risk above medium'),
  basis: z.string().describe('What makes it so sure'),
  about: z.array(lotNameShape).describe('Names of the first of its lots'),
  firstIndex: z.int().nullable(),
  closedAt: z.string().nullable(),
  reopened: z.int().describe('How often it was found again after it was closed or answered'),
  parameters: z.int().describe('Version of the thresholds that it was judged by'),
  dueAt: z.string().nullable().describe('End of a mitigation, or time by which a serious finding must be answered'),
  assignee: z.string().nullable().describe('A note of the desk; not in the log'),
  acknowledgedAt: z.string().nullable().describe('A note of the desk; not in the log'),
  answers: z
    .array(answerShape)
    .describe('Signed answers in log order; answers of actors without authority do not count'),
});
export type ListedFinding = z.infer<typeof findingShape>;

/** Describes the note of a person beside a finding; a signed answer is a `finding.answered`. */
export const findingNote = z
  .strictObject({
    acknowledged: z.literal(true).optional(),
    assignee: line(100).nullable().optional(),
  })
  .refine(({ acknowledged, assignee }) => acknowledged !== undefined || assignee !== undefined, 'must say something');
export type FindingNote = z.infer<typeof findingNote>;
