import sequencer from '@jest/test-sequencer';

/** The types describe the CommonJS file of the package, in which the class is a member; its ES module exports the class. */
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Suites = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/**
 * The suites that take longest, the longest first. A long suite that starts last keeps one worker busy while the others
 * wait; on a machine that has not run the tests yet, Jest knows the sizes of the files only.
 */
const LONGEST = [
  'server/verification/tamper-matrix',
  'server/monitor/monitor',
  'server/verification/audit-growing',
  'faults/two-processes',
  'faults/crash-points',
  'faults/kill-witnessed',
  'faults/kill-worker',
  'faults/kill-service',
  'server/transparency/key-rotation',
  'server/delivery/deliver-due',
  'server/database/frozen',
  'client/other-languages',
  'server/alerts/stream',
  'cli/scenario-played',
  'server/transparency/witnesses',
  'cli/exit-codes',
  'faults/graceful-stop',
  'faults/kill-deliveries',
  'faults/kill-database',
  'faults/history',
  'faults/restored-backup',
  'faults/bit-rot',
  'faults/operator',
  'faults/base-backup',
  'cli/quick-start',
  'server/database/embedded-postgres',
  'cli/alerts',
  'server/verification/audit-journal',
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
