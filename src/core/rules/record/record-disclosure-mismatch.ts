import { recordRule } from './record-rule.js';

export const recordDisclosureMismatch = recordRule({
  id: 'record-disclosure-mismatch',
  title: 'A disclosed value is not the one committed to',
  means: 'A stored disclosure does not hash to a digest that its event carries.',
  doesNotMean: 'That the event is altered: its signed bytes are checked apart from what was disclosed.',
  test: 'Digest of each stored disclosure compared with the digests in the signed event',
  standard: 'RFC 9901 section 4.2',
});
