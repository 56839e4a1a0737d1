import { recordRule } from './record-rule.js';

export const recordFork = recordRule({
  id: 'record-fork',
  title: 'The log has shown two histories',
  means:
    'A checkpoint that a signer had seen, or that the key of the log has signed, is not consistent with the tree as stored.',
  doesNotMean: 'Which history is the true one.',
  causes: {
    innocent: 'a database was restored, and went on under the same key',
    bad: 'two readers were shown two histories on purpose',
  },
  advice:
    'Secure both checkpoints, each signed by the key of the log, and show them to witnesses, buyers and the authority: only others can say which history they were shown. It closes by itself only where the stored tree was damaged and is restored; a second history that was really signed stays, and this log must not go on.',
  test: 'Checkpoints named by the entries (the claim seen) compared with the tree recomputed from the stored bytes',
  standard: 'RFC 6962 section 2.1.2; C2SP tlog-witness',
});
