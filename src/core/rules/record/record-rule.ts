import type { RecordRuleId } from '../engine/facts.js';
import type { Rule } from '../engine/rule.js';

/** The texts of a record rule; its evidence comes from the audit of the stored bytes. */
export interface RecordWords {
  id: RecordRuleId;
  title: string;
  means: string;
  doesNotMean: string;
  test: string;
  standard: string;
}

/**
 * Creates a rule on the ledger itself. An audit re-reads the stored bytes and compares them with what was signed; each
 * difference is one fault in `facts.record`, and the rule turns it into a finding. Every audit judges the whole ledger:
 * a fault that it no longer finds is repaired.
 */
export const recordRule = ({ id, title, means, doesNotMean, test, standard }: RecordWords): Rule => ({
  id,
  version: 1,
  group: 'record',
  title,
  means,
  doesNotMean,
  describe: ({ record: { severity } }) => `${test}: ${severity}.`,
  standard,
  scope: ['record'],
  subjects: ({ record }) => (record === null ? [] : 'all'),
  evaluate: ({ record }, parameters) =>
    (record ?? [])
      .filter(({ rule }) => rule === id)
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
