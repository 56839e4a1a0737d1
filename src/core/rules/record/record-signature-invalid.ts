import { recordRule } from './record-rule.js';

export const recordSignatureInvalid = recordRule({
  id: 'record-signature-invalid',
  title: 'A stored signature does not verify',
  means: 'The signature of an entry is not one by the key that it names, in the state of that key at the index.',
  doesNotMean: 'That the signer denies the event: what it signed may have been replaced.',
  causes: {
    innocent: 'a damaged row, or a key row that was edited',
    bad: 'an event was replaced by one that its signer never signed',
  },
  advice:
    'Ask the signer for the event as it was signed and compare the two texts; the operator looks for a change of the entry, or of the key in table `keys`, and puts it back from a backup. It closes at the next audit in which the signature verifies.',
  test: 'Signature of each stored JWS checked against the key registered at that index',
  standard: 'RFC 7515; RFC 8032; FIPS 186-5',
});
