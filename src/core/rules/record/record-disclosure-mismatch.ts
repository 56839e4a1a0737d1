import { recordRule } from './record-rule.js';

export const recordDisclosureMismatch = recordRule({
  id: 'record-disclosure-mismatch',
  title: 'A disclosed value is not the one committed to',
  means: 'A stored disclosure does not hash to a digest that its event carries.',
  doesNotMean: 'That the event is altered: its signed bytes are checked apart from what was disclosed.',
  causes: {
    innocent: 'a damaged row of a disclosure',
    bad: 'another value is shown than the one that was signed',
  },
  advice:
    'Ask the signer to show the value again: only one that hashes to the signed digest counts. The operator puts the disclosure and its key back from a backup, or erases them by `data.erased` if a registrar orders it; it closes at the next audit.',
  test: 'Digest of each stored disclosure compared with the digests in the signed event',
  standard: 'RFC 9901 section 4.2',
});
