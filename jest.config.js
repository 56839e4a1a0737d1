import { availableParallelism } from 'node:os';

// Most suites ask what the ledger knows, not who may see it: theirs are open. Suites about access close theirs.
process.env.ADIT_ACCESS ??= 'open';

// Tests run on the compiled JavaScript: what is tested is what ships.
const rootDir = process.env.ADIT_BUILD_DIR ?? 'dist';

const shared = { rootDir, transform: {}, testRunner: '<rootDir>/test/runner/run-natively.js' };
const withDatabase = {
  ...shared,
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

export default {
  rootDir,
  projects: [
    {
      ...shared,
      displayName: 'core',
      testMatch: ['<rootDir>/test/{core,platform,web}/**/*.spec.js'],
    },
    { ...shared, displayName: 'house', testMatch: ['<rootDir>/test/*.spec.js'] },
    { ...withDatabase, displayName: 'server', testMatch: ['<rootDir>/test/server/**/*.spec.js'] },
    { ...withDatabase, displayName: 'cli', testMatch: ['<rootDir>/test/{client,cli}/**/*.spec.js'] },
    { ...withDatabase, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.spec.js'] },
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
