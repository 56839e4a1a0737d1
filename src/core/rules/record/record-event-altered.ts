import { recordRule } from './record-rule.js';

export const recordEventAltered = recordRule({
  id: 'record-event-altered',
  title: 'A stored entry is not the one that was logged',
  means: 'The bytes of an entry, its id or its leaf hash differ from what the tree commits to.',
  doesNotMean: 'Who changed it: anyone with write access to the storage can have.',
  test: 'Event id and leaf hash recomputed from the stored JWS differ from the stored ones or from the tile, or the JWS no longer follows the grammar',
  standard: 'RFC 6962 section 2.1; RFC 7515',
});
