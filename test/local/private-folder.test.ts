import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivate } from '../../local/core/private-folder';

const root = mkdtempSync(join(tmpdir(), 'private-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** As an earlier version left it, under the umask that most shells have. */
function olderFolder(): string {
  const directory = mkdtempSync(join(root, 'data-'));
  mkdirSync(join(directory, 's3', 'tickets'), { recursive: true });
  for (const name of ['secrets.jsonl', 'inbox.jsonl', 'dynamodb.sqlite', 's3/tickets/8f2a']) {
    writeFileSync(join(directory, name), '');
    chmodSync(join(directory, name), 0o644);
  }
  for (const name of ['s3/tickets', 's3', '.']) chmodSync(join(directory, name), 0o755);
  return directory;
}

const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8);

test('a folder of an earlier version is its owner’s alone from now on, with all that is in it', () => {
  const directory = olderFolder();

  makePrivate(directory);

  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  expect(Object.fromEntries(['.', ...names].map((name) => [name, modeOf(directory, name)]))).toEqual({
    '.': '700',
    'dynamodb.sqlite': '600',
    'inbox.jsonl': '600',
    s3: '700',
    's3/tickets': '700',
    's3/tickets/8f2a': '600',
    'secrets.jsonl': '600',
  });
});

test('files that others can read are found in a folder that they could not enter', () => {
  const directory = olderFolder();
  chmodSync(directory, 0o700);

  makePrivate(directory);

  expect(modeOf(directory, 'secrets.jsonl')).toBe('600');
});

test('a folder that holds other things keeps its mode, and so do they', () => {
  const directory = olderFolder();
  writeFileSync(join(directory, 'notes.txt'), '');
  chmodSync(join(directory, 'notes.txt'), 0o644);

  makePrivate(directory);

  expect([modeOf(directory), modeOf(directory, 'notes.txt')]).toEqual(['755', '644']);
  expect(modeOf(directory, 'secrets.jsonl')).toBe('600');
});

test('what cannot be made private is told', () => {
  const warnings: string[] = [];

  makePrivate(join(root, 'gone'), (message) => warnings.push(message));

  expect(warnings).toEqual([expect.stringContaining('Others on this machine may read')]);
});
