import { byBytes } from '../engine/evidence.js';
import type { RecordRuleId } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Rule } from '../engine/rule.js';

/** The texts of a record rule; its evidence comes from the audit of the stored bytes. */
export interface RecordWords {
  id: RecordRuleId;
  title: string;
  means: string;
  doesNotMean: string;
  causes: Rule['causes'];
  advice: string;
  test: string;
  standard: string;
}

export const recordSchema = { record: parameter.severityOnly('critical') };

/**
 * Creates a rule on the ledger itself. An audit re-reads the stored bytes and compares them with what was signed; each
 * difference is one fault in `facts.record`, and the rule turns it into a finding. Every audit judges the whole ledger:
 * a fault that it no longer finds is repaired.
 */
export const recordRule = ({ test, ...words }: RecordWords): Rule<typeof recordSchema> => ({
  ...words,
  version: 1,
  group: 'record',
  evidence: byBytes,
  parameters: recordSchema,
  describe: ({ record: { severity } }) => `${test}: ${severity}.`,
  scope: ['record'],
  subjects: ({ record }) => (record === null ? [] : 'all'),
  evaluate: ({ record }, parameters) =>
    (record ?? [])
      .filter(({ rule }) => rule === words.id)
      .map(({ subject, cause, lots, events, measured, threshold, detail, firstIndex }) => ({
        severity: parameters.record.severity,
        subject,
        cause,
        // Subjects begin with the table: a thousand changed rows of one table make one alert.
        root: subject.split(' ', 1)[0] ?? subject,
        lots,
        events,
        measured,
        threshold,
        detail,
        firstIndex,
      })),
});
