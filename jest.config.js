/**
 * The code under test is transformed exactly as Node runs it: types are stripped, nothing else changes. Of every file of tests some
 * 14 MB stay in memory (`npm test -- --logHeapUsage`), so `npm test` gives the runner 8 GiB.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/jest/strip-types.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  // Starts what the asked tests need: nothing, the embedded parts, or the whole system.
  globalSetup: '<rootDir>/tests/jest/global-setup.ts',
  globalTeardown: '<rootDir>/tests/jest/global-teardown.ts',
  // For tests that wait for a real component; pure ones are done long before.
  testTimeout: 30_000,
  modulePathIgnorePatterns: ['<rootDir>/.data/'],
  watchman: false,
}
