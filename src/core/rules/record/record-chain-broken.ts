import { recordRule } from './record-rule.js';

export const recordChainBroken = recordRule({
  id: 'record-chain-broken',
  title: 'An entry would not have been admitted where it stands',
  means:
    'Replayed from the first entry, the log breaks here: the event does not follow the head of its lot, or another rule of admission refuses it.',
  doesNotMean: 'That the event is forged: it may be at the wrong index, or an earlier one may be gone.',
  causes: {
    innocent: 'rows were restored from two different backups',
    bad: 'an entry was put in or taken out without admission',
  },
  advice:
    'The operator compares the entry, and those before it on the same lots, with a backup and with what their signers hold: one was put in, taken out or changed without admission. It closes at the next audit in which every entry is admitted again at its index.',
  test: 'Admission replayed at each index refuses an entry that is stored as admitted',
  standard: 'Adit protocol, sections 3 and 5',
});
