import * as z from 'zod';
import { originBases } from '../custody/view.js';
import { certainties } from '../rules/engine/evidence.js';
import { findingStatuses } from '../rules/engine/answers.js';
import { noticeKinds, severities } from '../rules/engine/rule.js';
import { observed } from './finding.js';
import { asOfShape, originsShape, verdictsShape } from './lot.js';
import { named } from './named.js';

const share = z.string().describe('0.0000 to 1.0000 of the mass of the lot');

/** Describes a fact to read before the verdicts, which no verdict expresses. */
const noticeShape = named('Notice', {
  kind: z.enum(noticeKinds),
  text: z.string().describe('One sentence for people'),
  severity: z.enum(severities),
  share: share.nullable().describe('0.0000 to 1.0000 of the mass of the lot; below 1 if it is about an ancestor'),
  finding: z.string().describe('Id of the finding with the events'),
});
export type Notice = z.infer<typeof noticeShape>;

const coverageShape = z.strictObject({ tracedToSite: share, assayed: share, signedByBothSides: share });
export type Coverage = z.infer<typeof coverageShape>;

const reportedFindingShape = named('ReportedFinding', {
  id: z.string(),
  ...observed,
  certainty: z.enum(certainties).describe('How sure it is: what is only unusual raises no risk above medium'),
  basis: z.string().describe('What makes it so sure'),
  status: z.enum(findingStatuses),
  share: share.nullable().describe('0.0000 to 1.0000 of the mass of the lot; null if it concerns the whole log'),
  counts: z
    .boolean()
    .describe('Whether it counts in a verdict: not if it was explained, or concerns the signer and not the lot'),
});
export type ReportedFinding = z.infer<typeof reportedFindingShape>;

const undecidedShape = z.strictObject({ rule: z.string(), subject: z.string(), reason: z.string() });
export type Undecided = z.infer<typeof undecidedShape>;

/** Describes the report on a lot (`GET /v1/lots/{id}/report`). */
export const reportShape = named('Report', {
  lot: z.string(),
  asOf: asOfShape,
  notices: z.array(noticeShape).describe('To read first: holds, assignments by an authority, disputes, incidents'),
  verdicts: verdictsShape,
  coverage: coverageShape,
  origins: originsShape,
  originsBy: z.enum(originBases),
  findings: z.array(reportedFindingShape),
  undecided: z
    .array(undecidedShape)
    .describe('What rules could not decide, because evidence was not disclosed or a rule failed'),
});
export type Report = z.infer<typeof reportShape>;
