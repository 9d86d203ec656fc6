import { spawnSync } from 'node:child_process';

/** The command on a machine without cfn-lint. */
function lint(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', 'tsx/cjs', 'scripts/lint-templates.ts', ...args],
    { encoding: 'utf8', env: { ...process.env, CFN_LINT: '/nowhere/cfn-lint' } },
  );
  return { status, stdout, stderr };
}

test('--help tells how it is used, and needs no cfn-lint', () => {
  const { status, stdout, stderr } = lint('--help');

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const word of ['Usage: npm run lint:templates', 'CFN_LINT', 'Exit codes: 0']) {
    expect(stdout).toContain(word);
  }
});

test.each([
  ['an option that there is not', ['--fast'], "Unknown option '--fast'"],
  ['a word', ['prod'], 'prod'],
  [
    'a machine without cfn-lint',
    [],
    '/nowhere/cfn-lint is not installed. Get it with: pipx install cfn-lint',
  ],
])('%s is refused with exit code 2', (_, args, message) => {
  const { status, stdout, stderr } = lint(...args);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});
