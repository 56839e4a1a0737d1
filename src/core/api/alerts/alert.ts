import * as z from 'zod';
import { observed } from '../finding.js';
import { lotNameShape } from '../lot-name.js';
import { line, prose } from '../values.js';
import { named } from '../named.js';

const alertStatuses = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/**
 * Describes an alert (`GET /v1/alerts`): all findings of one rule and one root. Its texts are those of the most severe
 * open finding, `finding`; `count` is the number of its findings.
 */
export const alertShape = named('Alert', {
  id: z.uuid(),
  finding: z.uuid(),
  ...observed,
  status: z.enum(alertStatuses),
  lots: z.array(z.string()).describe('Of its open findings, the first hundred; events likewise'),
  about: z.array(lotNameShape).describe('The first of its lots, as people call them'),
  firstIndex: z.int().nullable().describe('Index of the first entry that it concerns'),
  regressed: z.boolean().describe('Whether it had been resolved or answered before, and has come back'),
  dueAt: z.string().nullable().describe('Until when it is to be answered'),
  descendants: z.int().describe('Lots made of those that it names: their verdicts have changed with it'),
  count: z.int().describe('Open findings that it was raised for'),
  group: z
    .strictObject({ by: z.string(), value: z.string() })
    .describe('What they have in common: a site, an actor, a key, a device, or what each was found on'),
  inhibited: z.int().describe('Alerts on lots made of these, which are held back while this one is open'),
  inhibitedBy: z.string().nullable().describe('The alert that holds this one back'),
  silencedBy: z.string().nullable().describe('The silence that holds this one back'),
  escalatedAt: z.string().nullable().describe('When it was passed on because nobody had acknowledged it'),
  assignee: z.string().nullable().describe('Who answers for it; a note of the desk'),
  evidence: z
    .array(z.strictObject({ event: z.string(), index: z.int(), receipt: z.string() }))
    .describe('The first of its events, each with its place in the log and where its proof of inclusion is'),
  links: z
    .strictObject({ alert: z.string(), rule: z.string(), bundle: z.string().nullable(), report: z.string().nullable() })
    .describe('Where to check it without believing it, and what its rule means'),
});
export type Alert = z.infer<typeof alertShape>;

/** Describes one change of an alert by a person. */
const alertChangeShape = z.strictObject({
  at: z.string(),
  status: z.enum(alertStatuses),
  by: z.string().nullable(),
  note: z.string().nullable(),
  evidence: z.array(z.string()).describe('Events or documents that it rests on'),
  assignee: z.string().nullable().describe('Where it said who is to answer for the alert'),
});
export type AlertChange = z.infer<typeof alertChangeShape>;

/** Describes one alert with its changes (`GET /v1/alerts/{id}`). */
export const alertWithChangesShape = alertShape
  .extend({ changes: z.array(alertChangeShape) })
  .meta({ id: 'AlertWithChanges' });
export type AlertWithChanges = z.infer<typeof alertWithChangesShape>;

const note = z.strictObject({
  by: line(200).optional(),
  note: prose(2_000).optional(),
  evidence: z
    .array(line(500))
    .max(20)
    .optional()
    .describe('Ids of events, or names of documents, that support the decision'),
});

/** Describes the note of a person who acknowledges or resolves an alert. */
export const deskNote = note.nullish().transform((given) => given ?? {});
export type DeskNote = z.infer<typeof deskNote>;

/** Describes who is responsible for an alert; null: no one. */
export const assignment = note.extend({ assignee: line(200).nullable() });
export type Assignment = z.infer<typeof assignment>;
