import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Skipped } from '../../conformance/comparison';
import { cached } from '../../conformance/programs';

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventpro-conformance-'));
  source = join(folder, 'Engine.java');
  writeFileSync(source, 'class Engine {}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function compiled(fill = async (directory: string) => writeFileSync(join(directory, 'Engine.class'), '')) {
  return cached('engine', [source], fill, join(folder, 'cache'));
}

test('what is compiled is kept until its source changes, and nothing of before stays', async () => {
  const fill = jest.fn(async (directory: string) => writeFileSync(join(directory, 'Old.class'), ''));
  await compiled(fill);
  await compiled(fill);
  expect(fill).toHaveBeenCalledTimes(1);

  writeFileSync(source, 'class Engine { int answer; }');
  const directory = await compiled();

  expect(existsSync(join(directory, 'Engine.class'))).toBe(true);
  expect(existsSync(join(directory, 'Old.class'))).toBe(false);
});

test('what could not be got is skipped, and begins anew', async () => {
  const failing = compiled(() => Promise.reject(new Error('no network')));

  await expect(failing).rejects.toThrow(Skipped);
  await expect(failing).rejects.toThrow('engine could not be got: no network');
  expect(existsSync(join(await compiled(), 'Engine.class'))).toBe(true);
});
