import sequencer from '@jest/test-sequencer';

/** The types describe the CommonJS file of the package, in which the class is a member; its ES module exports the class. */
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Suites = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/**
 * The suites that take longest, the longest first; those that wait for processes, leases or intervals alternate with those
 * that compute. A long suite that starts last keeps one worker busy while the others wait; on a machine that has not run the
 * tests yet, Jest knows the sizes of the files only.
 */
const LONGEST = [
  'server/web/desk',
  'faults/default-mode',
  'server/web/pictures',
  'server/database/frozen',
  'server/web/hostile-texts',
  'server/access/same-time',
  'server/web/pages',
  'server/web/keyboard',
  'server/web/inbox',
  'faults/kill-deliveries',
  'server/verification/tampered-catalogue',
  'faults/kill-witnessed',
  'server/verification/audit-log',
  'faults/kill-worker',
  'server/transparency/witnesses',
  'faults/redis',
  'faults/crash-points',
  'faults/kill-database',
  'server/verification/tamper-matrix',
  'faults/kill-service',
  'server/verification/honest-chains',
  'faults/two-processes',
  'server/monitor/monitor',
  'faults/history',
  'server/queue/repeating-jobs',
  'server/verification/audit-growing',
  'faults/graceful-stop',
  'cli/quick-start',
  'faults/base-backup',
  'server/delivery/webhooks',
  'server/transparency/key-rotation',
  'faults/disk-full',
  'server/delivery/deliver-due',
  'faults/clock-skew',
  'cli/exit-codes',
  'server/verification/judge-again',
  'server/backup',
  'server/verification/cuts',
  'cli/alerts',
  'cli/monitor',
  'cli/scenario-played',
  'server/provenance/tampered-bundles',
  'server/database/embedded-postgres',
  'cli/outbox',
  'server/verification/agrees',
  'server/database/frozen',
  'server/alerts/stream',
  'faults/bit-rot',
  'server/delivery/routing',
  'faults/operator',
  'server/alerts/silences',
  'server/verification/audit-new',
  'server/ledger/batches',
  'server/verification/audit-journal',
  'client/other-languages',
  'cli/every-command',
  'server/alerts/group-alerts',
  'faults/restored-backup',
  'server/queue/queue',
  'server/delivery/mail',
  'server/http/description-for-tools',
  'server/transparency/rebuild-index',
];

function rankOf(path: string): number {
  const place = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.spec.js`));
  return place === -1 ? LONGEST.length : place;
}

/** Orders the suites for Jest: the longest first, all others as Jest does. */
export default class LongestFirst extends Sequencer {
  override async sort(suites: Suites): Promise<Suites> {
    return (await super.sort(suites)).toSorted((a, b) => rankOf(a.path) - rankOf(b.path));
  }
}
