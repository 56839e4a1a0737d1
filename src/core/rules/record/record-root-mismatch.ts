import { recordRule } from './record-rule.js';

export const recordRootMismatch = recordRule({
  id: 'record-root-mismatch',
  title: 'The tree does not give the signed root',
  means:
    'The tree recomputed from the stored entries differs from a stored tile, a checkpoint or the state of the log.',
  doesNotMean: 'Which of the two is right: compare the root with one that a witness, or the holder of a receipt, has.',
  test: 'Tiles, checkpoints and the state of the log compared with the tree recomputed from the stored bytes; notes checked against the key of the log',
  standard: 'RFC 6962 section 2.1; C2SP tlog-tiles, tlog-checkpoint',
});
