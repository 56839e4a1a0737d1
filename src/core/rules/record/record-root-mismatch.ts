import { recordRule } from './record-rule.js';

export const recordRootMismatch = recordRule({
  id: 'record-root-mismatch',
  title: 'The tree does not give the signed root',
  means:
    'The tree recomputed from the stored entries differs from a stored tile, a checkpoint or the state of the log.',
  doesNotMean: 'Which of the two is right: compare the root with one that a witness, or the holder of a receipt, has.',
  causes: {
    innocent: 'a tile or checkpoint was restored from an older backup',
    bad: 'stored entries were changed after they were signed for',
  },
  advice:
    'Compare the root with one from a witness, a monitor or a receipt. If the entries are right, the operator puts tile, checkpoint or log state back from a backup; it closes at the next audit in which they agree.',
  test: 'Tiles, checkpoints and the state of the log compared with the tree recomputed from the stored bytes; notes checked against the key of the log',
  standard: 'RFC 6962 section 2.1; C2SP tlog-tiles, tlog-checkpoint',
});
