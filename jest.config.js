/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // What tests wait for leaves two workers a third of two cores. Each worker starts engines of its own.
  maxWorkers: 3,
  globalSetup: '<rootDir>/test/support/jest-run-folder.ts',
  globalTeardown: '<rootDir>/test/support/jest-run-folder-teardown.ts',
  setupFiles: ['<rootDir>/test/support/jest-environment.js'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Beside TypeScript, ES modules: web/ holds them for the browser, and a package has nothing else.
  transform: {
    '^.+(\\.ts|/(web|woff2-encoder)/.+\\.js)$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!woff2-encoder/)'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
  testTimeout: 180_000,
};
