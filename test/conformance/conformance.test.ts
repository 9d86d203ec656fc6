import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { tally } from '../../conformance/comparison';

function conformance(...args: string[]) {
  const program = join(__dirname, '..', '..', 'conformance', 'conformance.ts');
  return spawnSync(process.execPath, ['-r', 'tsx/cjs', program, ...args], {
    encoding: 'utf8',
    // No Java, no Python.
    env: { ...process.env, PATH: '/nowhere' },
  });
}

test('--help tells the comparisons and the exit codes', () => {
  const { status, stdout } = conformance('--help');

  expect(status).toBe(0);
  for (const word of ['velocity-1.7', 'json-path', 'state-machines-app', 'Exit codes: 0', 'skipped']) {
    expect(stdout).toContain(word);
  }
});

test.each([
  [['--only', 'velocity-3'], 'There is no comparison velocity-3. There are: velocity-1.7'],
  [['--runs', 'many'], '--runs must be a whole number from 1, not many'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused with exit code 2', (args, message) => {
  const { status, stderr } = conformance(...args);

  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test('what the machine lacks is skipped by name, which is no failure and no success', () => {
  const { status, stdout } = conformance('--only', 'json-path', '--only', 'state-machines-language');

  expect(status).toBe(3);
  expect(stdout).toContain('json-path: skipped, as java is not installed');
  expect(stdout).toContain('state-machines-language: skipped, as python3 is not installed');
});

test('a difference that nothing explains is told, one that is named is counted', () => {
  const cases = [
    { name: 'a', ours: 1, theirs: 1, equal: true },
    { name: 'b', ours: 1, theirs: 2, equal: false },
    { name: 'c', ours: 1, theirs: 3, equal: false },
  ];

  const result = tally(cases, [{ name: 'two is one', explains: ({ theirs }) => theirs === 2 }]);

  expect(result).toMatchObject({ cases: 3, equal: 1, named: new Map([['two is one', 1]]) });
  expect(result.unexplained.map(({ name }) => name)).toEqual(['c']);
});
