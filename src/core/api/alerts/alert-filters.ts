import * as z from 'zod';
import { lotIdSchema, registryId } from '../../event/primitives.js';
import { ruleGroups, severities } from '../../rules/engine/rule.js';
import { ruleById } from '../../rules/index.js';
import { countryCode, knownName, mineralName, ruleName } from '../values.js';

/** Group of the operator's alerts, such as a rule that failed; they concern no lot. */
const OPERATION = 'operation';

/** Groups of findings: those of the rules, and the operator's. */
export const findingGroups = [...ruleGroups, OPERATION] as const;
type FindingGroup = (typeof findingGroups)[number];

/** Returns the group of a rule; the operator's group for a finding without a rule. */
export const groupOf = (rule: string): FindingGroup => ruleById.get(rule)?.group ?? OPERATION;

const MOST = 100;
const several = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(MOST).optional();

/**
 * Describes the filters of alerts, for subscriptions and silences. An alert must meet every filter; within a list, any
 * value.
 */
export const alertFilters = z.strictObject({
  rules: several(ruleName),
  groups: several(knownName('group', findingGroups)),
  minimumSeverity: knownName('severity', severities).optional().describe('This severity and higher ones'),
  minerals: several(mineralName),
  sites: several(registryId).describe('Sites that the mineral comes from, or that the alert is attributed to'),
  countries: several(countryCode),
  lots: several(lotIdSchema).describe('These lots, their descendants and their ancestors'),
  holder: registryId
    .optional()
    .describe('Lots that this actor holds, held or is about to receive, and their descendants'),
});
export type AlertFilters = z.infer<typeof alertFilters>;
