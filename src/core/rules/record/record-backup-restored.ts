import { recordRule } from './record-rule.js';

export const recordBackupRestored = recordRule({
  id: 'record-backup-restored',
  title: 'The database is older than the log',
  means: 'The guard, which is kept outside the database, has seen a longer log, or another one of the same size.',
  doesNotMean: 'Ill intent: putting back a backup looks exactly like this.',
  causes: {
    innocent: 'an operator put back a backup',
    bad: 'newer events were removed by going back to an older database',
  },
  advice:
    'The operator brings back the newer database, or brings this one forward by its WAL to the size in the guard; the guard is never deleted. It closes at the next audit in which the guard and the log agree; if the newer database is lost, holders of receipts must be notified.',
  test: 'The size and root in the guard compared with the tree recomputed from the stored bytes',
  standard: 'Adit protocol, section 5',
});
