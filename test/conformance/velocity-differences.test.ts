import { type Answer, NAMED, type Rendered } from '../../conformance/velocity/named-differences';

/** The reason that is named for a difference, by its first words. */
function reasonOf(ours: string | Answer, theirs: string | Answer, more: Partial<Rendered> = {}) {
  const answer = (side: string | Answer): Answer => (typeof side === 'string' ? { output: side } : side);
  const rendered: Rendered = {
    ...{ name: 'POST request', body: '{}', equal: false, ours: answer(ours), theirs: answer(theirs) },
    ...more,
  };
  return NAMED.find(({ explains }) => explains(rendered))
    ?.name.split(' ')
    .slice(0, 4)
    .join(' ');
}

test.each([
  ['1e3', '1000.0'],
  ['[1.10,-0]', '[1.1,0]'],
  ['{"a":0.1e-7}', '{"a":1.0E-8}'],
  ['1E400', 'Infinity'],
])('a number of the same value is named: %s and %s', (ours, theirs) => {
  expect(reasonOf(ours, theirs)).toBe('A number is printed');
});

test.each([
  ['another value', '1.10', '1.2'],
  ['another digit of a large one', '12345678901234567890', '12345678901234567891'],
  ['a text', '"1.0"', '1'],
  ['something beside it', '{"a":1.10}', '{"b":1.1}'],
])('%s is not named', (_, ours, theirs) => {
  expect(reasonOf(ours, theirs)).toBeUndefined();
});

test.each([
  ['half of a pair', String.raw`"\\ud800x"`, String.raw`"\uD800x"`, 'Half of a surrogate'],
  ['U+007F', '"a\u007fb"', '"ab"', 'Half of a surrogate'],
  ['both', `"\u007f${String.raw`\\udfff`}"`, String.raw`"\uDFFF"`, 'Half of a surrogate'],
  ['another half', String.raw`"\\ud800"`, String.raw`"\uD801"`, undefined],
  ['another escape', String.raw`"\\u0041"`, String.raw`"\u0041"`, undefined],
  ['another character', '"a\u0085b"', '"ab"', undefined],
])('in a text, %s', (_, ours, theirs, reason) => {
  expect(reasonOf(ours, theirs)).toBe(reason);
});

test('a body of null is named where Jayway refuses it, and nowhere else', () => {
  const refusal = { error: 'IllegalArgumentException: json can not be null' };

  expect(reasonOf('null', refusal, { body: 'null' })).toBe('A body of null');
  expect(reasonOf('null', refusal, { body: '{}' })).toBeUndefined();
  expect(reasonOf('null', { error: 'ParseErrorException' }, { body: 'null' })).toBeUndefined();
  expect(reasonOf({ error: 'TypeError' }, { output: 'null' }, { body: 'null' })).toBeUndefined();
});

test.each([
  ['white space', '  y', 'y', 'White space around `#set`'],
  ['a reference to null', '[]', '[$x.get("k")]', 'A reference that ends'],
  ['what is refused', { error: 'UnsupportedLocally: $x' }, '$x', 'What Velocity reads otherwise'],
])(
  '%s may differ in a probe of the language, in a template of the app it may not',
  (_, ours, theirs, why) => {
    const reason = reasonOf(ours, theirs, { name: 'probe …' });

    expect(reason).toBe(why);
    expect(reasonOf(ours, theirs)).toBeUndefined();
  },
);

test('what else an answer overrides must be equal', () => {
  const override = { status: 201 };

  expect(reasonOf({ output: '1e3', override }, { output: '1000.0', override })).toBe('A number is printed');
  expect(reasonOf({ output: '1e3', override }, { output: '1000.0' })).toBeUndefined();
});
