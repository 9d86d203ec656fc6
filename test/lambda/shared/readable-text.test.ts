import fc from 'fast-check';
import * as z from 'zod/mini';
import { readableText } from '../../../lambda/shared/readable-text';

const schema = readableText(100);
const isReadable = (text: string) => z.safeParse(schema, text).success;

test.each([
  ['Latin', 'Zoë O’Connor-Łukasz, Jr.'],
  ['letters and marks apart', 'Zoe\u0308 Nguye\u0302\u0303n'],
  ['Greek and Cyrillic', 'Ελένη Иванова'],
  ['Arabic and pointed Hebrew', 'محمد שָׁלוֹם'],
  ['a non-joiner that Persian needs', 'می\u200Cخواهم'],
  ['a joiner that Sinhala needs', 'ශ්\u200Dරී'],
  ['a non-joiner that Devanagari needs', 'क्\u200Cष'],
  ['a stack of Tibetan', 'རྒྱལ་མཚན'],
  ['ideographs, one in another form', '葛\u{E0100}飾区'],
  ['an ideographic space', '山田\u3000太郎'],
  ['Mongolian with a form of a letter', 'ᠠ\u180B'],
  ['Thai and Korean', 'สมชาย 김철수'],
  ['a no-break space', 'Ann\u00A0Lee'],
  ['emoji', '🎻🎹'],
  ['a family', '👨\u200D👩\u200D👧'],
  ['a rainbow flag', '🏳\uFE0F\u200D🌈'],
  ['a skin and a profession', '👩🏽\u200D🎤'],
  ['a heart in colour', '❤\uFE0F'],
  ['a keycap', '1\uFE0F\u20E3'],
  ['the flag of Scotland', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
])('%s can be read', (_, text) => {
  expect(isReadable(text)).toBe(true);
});

test.each([
  ['a line break', 'Ann\nLee'],
  ['a line break of a mail', 'Ann\r\nBcc: x@y.zz'],
  ['NUL', 'Ann\0'],
  ['ESC', 'Ann\u001B[31m'],
  ['a tab', 'Ann\tLee'],
  ['DEL', 'Ann\u007F'],
  ['NEL', 'Ann\u0085Lee'],
  ['a line separator', 'Ann\u2028Lee'],
  ['a paragraph separator', 'Ann\u2029Lee'],
  ['an override of the direction', 'Ann\u202Eeel'],
  ['an isolate', '\u2066Ann\u2069'],
  ['a mark of the direction', 'Ann\u200FLee'],
  ['a space of no width', 'Ann\u200BLee'],
  ['a soft hyphen', 'An\u00ADn'],
  ['a byte order mark within', 'An\uFEFFn'],
  ['a word joiner', 'An\u2060n'],
  ['a joiner between Latin letters', 'An\u200Dn'],
  ['a non-joiner between Latin letters', 'An\u200Cn'],
  ['two non-joiners in Persian', 'می\u200C\u200Cخواهم'],
  ['a non-joiner at the end', 'می\u200C'],
  ['a variation of a Latin letter', 'A\uFE0F'],
  ['a variation of nothing', '\uFE0FAnn'],
  ['tags without a flag', 'Ann\u{E0041}\u{E0042}'],
  ['a filler of Hangul', 'Ann\u3164'],
  ['a blank Braille cell', '\u2800'],
  ['a grapheme joiner', 'A\u034Fnn'],
  ['a letter of private use', 'Ann \uE000'],
  ['an object', 'Ann \uFFFC'],
  ['no character', 'Ann \uFFFE'],
  ['half of a character', 'Ann \ud83d'],
  ['blanks', '   '],
  ['no-break spaces', '\u00A0\u00A0'],
  ['a mark alone', '\u0301'],
  ['a flood of marks', `Z${'\u0336\u0321'.repeat(10)}`],
])('%s cannot', (_, text) => {
  expect(isReadable(text)).toBe(false);
});

test('blanks around a text are taken off', () => {
  expect(z.parse(schema, '  Ann Lee\u00A0\n')).toBe('Ann Lee');
});

test('no control, no line break and no override of the direction passes, wherever it is', () => {
  const hidden = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    '\u001B',
    '\u009B',
    '\u202E',
    '\u2067',
    '\u200B',
    '\u{E0020}',
  );
  const visible = fc.string({
    unit: fc.constantFrom('a', 'я', 'م', 'क', '葛', '❤', '1', ' '),
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(visible, hidden, visible, (before, character, after) => {
      expect(isReadable(`x${before}${character}${after}x`)).toBe(false);
    }),
  );
});
