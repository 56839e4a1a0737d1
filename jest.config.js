import { availableParallelism } from 'node:os';

// Most suites ask what the ledger knows, not who may see it: theirs are open. Suites about access close theirs.
process.env.ADIT_ACCESS ??= 'open';

// Tests run on the compiled JavaScript: what is tested is what ships.
const rootDir = process.env.ADIT_BUILD_DIR ?? 'dist';

/** A project of the suites of some folders; Jest looks through these alone, since Node finds what they import. */
const suitesIn = (displayName, ...folders) => ({
  rootDir,
  displayName,
  roots: folders.map((folder) => `<rootDir>/test/${folder}`),
  testMatch: ['**/*.spec.js'],
  transform: {},
  testRunner: '<rootDir>/test/runner/run-natively.js',
});
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

export default {
  rootDir,
  projects: [
    suitesIn('core', 'core', 'platform', 'web'),
    { ...suitesIn('house', ''), testMatch: ['<rootDir>/test/*.spec.js'] },
    { ...suitesIn('server', 'server'), ...withDatabase },
    { ...suitesIn('cli', 'client', 'cli'), ...withDatabase },
    { ...suitesIn('faults', 'faults'), ...withDatabase },
  ],
  testSequencer: '<rootDir>/test/runner/longest-first.js',
  testTimeout: 180_000,
  coverageProvider: 'v8',
  // Most suites wait for a database, a timer or processes of their own now and then: one more than there are cores keeps
  // all of these busy. Jest would leave one core out.
  maxWorkers: availableParallelism() + 1,
  // A thread that a service ended while it was still loading leaves a file open, which nothing closes any more; the
  // results are complete by then, and the shared database has been stopped.
  forceExit: true,
};
