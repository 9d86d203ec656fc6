import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../harness/eventpro-client';

const runArguments = (script: string, args: readonly string[]) => [
  ...['-r', 'tsx/cjs', `scripts/${script}.ts`],
  ...args,
];

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, runArguments(script, args), {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test.each([
  ['faults', 'Sets'],
  ['chaos', 'Options'],
])('%s --help tells how it is used, and runs nothing', (script, word) => {
  const { status, stdout, stderr } = run(script, '--help');

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Usage: npm run ${script}`);
  expect(stdout).toContain(word);
});

test.each([
  ['faults', ['tripples'], 'There is no set tripples. There are: singles, kills, pairs, controls'],
  ['faults', ['--slice', '13/12'], '--slice must be like 3/24, and not 13/12'],
  ['chaos', ['--seed', 'lucky'], '--seed must be a whole number, not lucky'],
])('%s %j is refused', (script, args, message) => {
  const { status, stdout, stderr } = run(script, ...args);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(`npm run ${script} -- --help`);
});

test('Ctrl-C ends it and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-interrupted-'));
  const child = spawn(process.execPath, runArguments('faults', ['singles']), {
    env: { ...process.env, TMPDIR: folder },
    stdio: 'ignore',
    // A terminal sends the signal to the whole group.
    detached: true,
  });
  const made = () => readdirSync(folder).find((name) => name.startsWith('eventpro-faults-'));
  const name = await eventually(async () => made(), 'a temporary folder');

  process.kill(-child.pid!, 'SIGINT');
  const [code] = (await once(child, 'exit')) as [number];

  expect(code).toBe(130);
  expect(existsSync(join(folder, name))).toBe(false);
  // The rest of the group, which got the signal as well, may write for a moment longer.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
