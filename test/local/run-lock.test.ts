import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../local/core/run-lock';

const root = mkdtempSync(join(tmpdir(), 'run-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(): string {
  return mkdtempSync(join(root, 'data-'));
}

test('a folder is one run’s until it gives it back', () => {
  const directory = join(folder(), 'made', 'on the way');
  const release = lockFolder(directory);

  expect(() => lockFolder(directory)).toThrow(
    `${directory} is in use by process ${process.pid}. End that run first, or use another folder.`,
  );
  release();
  lockFolder(directory)();

  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['a run that was killed', '2147483646 12345\n'],
  ['a run that had the number which is another process by now', `${process.pid} 1\n`],
  ['a run that was killed while it wrote it', ''],
  ['nobody knows whom', 'damaged'],
])('the lock of %s is taken over', (_, content) => {
  const directory = folder();
  writeFileSync(join(directory, 'run.lock'), content);

  const release = lockFolder(directory);

  expect(readFileSync(join(directory, 'run.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} .+\n$`));
  expect(readdirSync(directory)).toEqual(['run.lock']);
  release();
});

test('who gives a folder back leaves the lock of another run', () => {
  const directory = folder();
  const release = lockFolder(directory);
  writeFileSync(join(directory, 'run.lock'), '1 1\n');

  release();

  expect(existsSync(join(directory, 'run.lock'))).toBe(true);
});

test.each(['file', 'file/below'])('%s in the place of a folder is named', (path) => {
  const directory = folder();
  writeFileSync(join(directory, 'file'), '');

  expect(() => lockFolder(join(directory, path))).toThrow(`${join(directory, path)} cannot be a folder`);
});
