import base from '../../jest.config.js'

/**
 * Every line and branch of the deciders is reached by their own tests (`npm run coverage`). These are pure, so that nothing
 * is started for them.
 */
export default {
  ...base,
  globalSetup: undefined,
  globalTeardown: undefined,
  rootDir: '../..',
  testMatch: ['**/command-services/*/*.spec.ts'],
  testPathIgnorePatterns: ['\\.int\\.spec\\.ts$'],
  collectCoverageFrom: [
    'command-services/*/{campaign,budget,ad-account,ad-account-day,parked-stream,rebuild,tenant,user,membership,role,invitation,session,application,second-factor,identity-link,route-policy,contradictions}.ts',
  ],
  coverageProvider: 'v8',
  coverageReporters: ['text'],
  coverageThreshold: { global: { statements: 100, branches: 100, functions: 100, lines: 100 } },
}
