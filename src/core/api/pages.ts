import * as z from 'zod';
import { findingGroups } from './alerts/alert-filters.js';
import { errorCodeShape } from './problem.js';
import { named } from './named.js';

/** Describes the page of an error code (`GET /errors/{code}`). */
export const errorPageShape = named('ErrorPage', {
  code: errorCodeShape,
  status: z.int(),
  title: z.string(),
  meaning: z.string(),
  remedy: z.string(),
});
export type ErrorPage = z.infer<typeof errorPageShape>;

/** Describes the page of a rule (`GET /rules/{rule}`). */
export const rulePageShape = named('RulePage', {
  id: z.string(),
  version: z.int(),
  group: z.enum(findingGroups).describe('`operation`: it changes no verdict; it is for the operator of the service'),
  title: z.string(),
  means: z.string(),
  doesNotMean: z.string(),
  test: z.string().describe('With the thresholds in force here and now'),
  whatToDo: z.string(),
  standard: z.string(),
  runbook: z
    .string()
    .nullable()
    .describe("The file in Adit's repository with the operator's steps; null: none is needed"),
  parameters: z
    .strictObject({ version: z.int(), from: z.string() })
    .describe('The thresholds that the test is described by'),
});
export type RulePage = z.infer<typeof rulePageShape>;
