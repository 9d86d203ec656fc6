import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../local/core/journal';

const root = mkdtempSync(join(tmpdir(), 'journal-'));
const file = join(root, 'sqs.jsonl');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a last line that was never finished is dropped, and what was written before it is there', () => {
  writeFileSync(file, '{"id":1}\n{"id":2}\n{"id"');

  const entries = new Journal(file).replay();

  expect(entries).toEqual([{ id: 1 }, { id: 2 }]);
  expect(readFileSync(file, 'utf8')).toBe('{"id":1}\n{"id":2}\n');
});

test.each(['null', '[]', '"text"', '7', '{"id":', ''])(
  'the line %j is damage, told by file and line',
  (line) => {
    writeFileSync(file, `{"id":1}\n${line}\n`);

    expect(() => new Journal(file).replay()).toThrow(
      `${file}:2 is damaged: not a JSON object. Move the file away, or start with another --data folder.`,
    );
  },
);
