import { recordRule } from './record-rule.js';

export const recordSignatureInvalid = recordRule({
  id: 'record-signature-invalid',
  title: 'A stored signature does not verify',
  means: 'The signature of an entry is not one by the key that it names, in the state of that key at the index.',
  doesNotMean: 'That the signer denies the event: what it signed may have been replaced.',
  test: 'Signature of each stored JWS checked against the key registered at that index',
  standard: 'RFC 7515; RFC 8032; FIPS 186-5',
});
