import { recordRule } from './record-rule.js';

export const recordEventMissing = recordRule({
  id: 'record-event-missing',
  title: 'An entry of the log is gone',
  means: 'The log has had an entry at this index, and the row is not there any more.',
  doesNotMean: 'That the event never happened: its signer may still hold the event and its receipt.',
  causes: {
    innocent: 'a restore or a repair by hand left rows out',
    bad: 'somebody with access to the storage took an event away',
  },
  advice:
    'The operator puts the rows back from a backup, or the whole database; signers still hold their events and receipts, and are asked for them where there is no backup. It closes at the next audit that finds every index.',
  test: 'A hole in the indices below the size of the log',
  standard: 'RFC 6962 section 2.1',
});
