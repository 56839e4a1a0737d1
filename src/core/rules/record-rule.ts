import type { RecordRuleId } from './facts.js';
import type { Rule } from './rule.js';

/** What sets one record rule apart from another are its words: the evidence is made where the stored bytes are read. */
export interface RecordWords {
  id: RecordRuleId;
  title: string;
  means: string;
  doesNotMean: string;
  test: string;
  standard: string;
}

/**
 * A rule on the ledger itself. An audit re-reads what is stored and compares it with what was signed; each place where
 * they differ is one fault in `facts.record`, and the rule makes it a finding. Every audit judges the whole ledger: a
 * fault that it no longer finds has been repaired.
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
        // Subjects begin with the table: whoever changes a thousand rows of one is told of once.
        root: subject.split(' ', 1)[0] ?? subject,
        lots,
        events,
        measured,
        threshold,
        detail,
        firstIndex,
      })),
});
