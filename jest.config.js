/** Tests run as ES modules on Node's own type stripping; no module mocks, no retries. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/kit/jest/strip-types.cjs' },
  setupFiles: ['<rootDir>/tests/kit/jest/seed.ts'],
  globalSetup: '<rootDir>/tests/kit/jest/global-setup.ts',
  globalTeardown: '<rootDir>/tests/kit/jest/global-teardown.ts',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 240000,
};
