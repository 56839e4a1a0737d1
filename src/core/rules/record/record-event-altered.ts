import { recordRule } from './record-rule.js';

export const recordEventAltered = recordRule({
  id: 'record-event-altered',
  title: 'A stored entry is not the one that was logged',
  means: 'The bytes of an entry, its id or its leaf hash differ from what the tree commits to.',
  doesNotMean: 'Who changed it: anyone with write access to the storage can have.',
  causes: {
    innocent: 'a disk or a restore wrote wrong bytes',
    bad: 'somebody with access to the storage changed what was signed',
  },
  advice:
    'The operator keeps a copy of the row as evidence, finds out who could write to the storage, and restores the logged bytes from a backup; the signer holds the event and its receipt, and can show what was logged. Rely on no verdict of the lots named until the next audit finds the bytes again, which closes it.',
  test: 'Event id and leaf hash recomputed from the stored JWS differ from the stored ones or from the tile, or the JWS no longer follows the grammar',
  standard: 'RFC 6962 section 2.1; RFC 7515',
});
