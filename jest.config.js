// Tests run on the compiled JavaScript: what is tested is what ships.
export default {
  rootDir: process.env.ADIT_BUILD_DIR ?? 'dist',
  testMatch: ['<rootDir>/test/**/*.spec.js'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  transform: {},
  coverageProvider: 'v8',
  testTimeout: 180_000,
  // Most suites wait for a database or for processes of their own, so each core takes one; Jest would leave one core out.
  maxWorkers: '100%',
  // A thread that a service ended while it was still loading leaves a file open, which nothing closes any more; the
  // results are complete by then, and the shared database has been stopped.
  forceExit: true,
};
