import sequencer from '@jest/test-sequencer';

/** The types describe the CommonJS file of the package, in which the class is a member; its ES module exports the class. */
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Suites = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/**
 * The suites that take longest, the longest first. A long suite that starts last keeps one worker busy while the others
 * wait; on a machine that has not run the tests yet, Jest knows the sizes of the files only.
 */
const LONGEST = [
  'faults/kill-worker',
  'faults/graceful-stop',
  'server/verification/tamper-matrix',
  'faults/kill-service',
  'faults/crash-points',
  'faults/history',
  'server/monitor/monitor',
  'faults/two-processes',
  'server/verification/audit-growing',
  'server/transparency/key-rotation',
  'faults/bit-rot',
  'server/delivery/deliver-due',
  'faults/kill-deliveries',
  'server/database/frozen',
  'client/other-languages',
  'server/alerts/stream',
  'cli/scenario-played',
  'server/transparency/witnesses',
  'cli/exit-codes',
  'cli/quick-start',
  'server/database/embedded-postgres',
  'faults/kill-database',
  'faults/kill-witnessed',
  'cli/alerts',
  'faults/restored-backup',
  'server/verification/audit-journal',
  'faults/base-backup',
  'faults/operator',
  'server/verification/audit-log',
  'server/verification/honest-chains',
  'server/verification/judge-again',
  'server/verification/agrees',
  'server/backup',
  'server/provenance/tampered-bundles',
  'cli/every-command',
  'server/verification/rule-pages',
  'cli/monitor',
  'cli/outbox',
  'server/verification/audit-new',
  'faults/repeats',
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
