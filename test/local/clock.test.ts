import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalClock } from '../../local/core/clock';

const HOUR_SECONDS = 3_600;

const folder = mkdtempSync(join(tmpdir(), 'clock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whole seconds that the clock is ahead of the machine; a millisecond passes between the two, which is no minus nothing. */
const ahead = (clock: LocalClock): number => Math.round((clock.now() - Date.now()) / 1_000) + 0;

test('a moved clock is where it was at the next start, until it is set back', () => {
  const file = join(folder, 'clock.jsonl');
  const first = new LocalClock(file);
  first.advance(HOUR_SECONDS);
  first.advance(30);

  const second = new LocalClock(file);
  const found = ahead(second);
  second.reset();
  const third = new LocalClock(file);

  expect(found).toBe(HOUR_SECONDS + 30);
  expect(ahead(third)).toBe(0);
});

test('without a file every start begins with the machine’s time', () => {
  new LocalClock().advance(HOUR_SECONDS);

  expect(ahead(new LocalClock())).toBe(0);
});

test('a time that cannot be kept is not told', () => {
  const file = join(folder, 'gone', 'clock.jsonl');
  const clock = new LocalClock(file);
  rmSync(join(folder, 'gone'), { recursive: true });

  expect(() => clock.advance(HOUR_SECONDS)).toThrow('ENOENT');
  expect(ahead(clock)).toBe(0);
});

test.each(['{"offsetMs":"soon"}\n', '{"offsetMs":1e30}\n', '{"offsetMs":null}\n'])(
  'a file with %j is refused by name',
  (content) => {
    const file = join(folder, 'damaged.jsonl');
    writeFileSync(file, content);

    expect(() => new LocalClock(file)).toThrow(`${file} is damaged`);
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);
