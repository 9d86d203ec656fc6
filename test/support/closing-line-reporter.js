/** Ends the run with plain lines that any reader of the output understands. */
module.exports = class ClosingLineReporter {
  /** Full names of the tests that have failed before they passed. */
  retried = [];

  onTestResult(_, { testResults }) {
    const passedLate = testResults.filter(
      ({ status, invocations }) => status === 'passed' && invocations > 1,
    );
    this.retried.push(...passedLate.map(({ fullName }) => fullName));
  }

  onRunComplete(_, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    const flaky = this.retried.map((name) => `Flaky, passed when tried again: ${name}\n`).join('');
    process.stdout.write(`\n${flaky}${numPassedTests} passed, ${failed} failed${skipped}\n`);
  }
};
