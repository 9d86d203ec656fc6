import { type Answer, type Matched, NAMED } from '../../conformance/event-patterns/named-differences';

/** The reason that is named for a difference, by its first words. */
function reasonOf(pattern: string, event: object, ours: Answer | boolean, theirs: Answer | boolean) {
  const answer = (side: Answer | boolean): Answer => (typeof side === 'boolean' ? { matches: [side] } : side);
  const matched: Matched = {
    ...{ name: pattern, pattern, events: [event], equal: false, ours: answer(ours), theirs: answer(theirs) },
  };
  return NAMED.find(({ explains }) => explains(matched))
    ?.name.split(' ')
    .slice(0, 3)
    .join(' ');
}

const QUOTED = '{"a":[{"prefix":{"equals-ignore-case":"\\""}}]}';

test.each([
  ['a number in the block of all', '{"a":[{"cidr":"::/0"}]}', { a: 1.5 }, false, true, 'A number is'],
  ['a number in another block', '{"a":[{"cidr":"::/8"}]}', { a: 1.5 }, false, true, undefined],
  ['a text in the block of all', '{"a":[{"cidr":"::/0"}]}', { a: 'x' }, false, true, undefined],
  ['a number that matches here alone', '{"a":[{"cidr":"::/0"}]}', { a: 1.5 }, true, false, undefined],
  ['an empty text and a quotation mark', QUOTED, { a: '' }, false, true, 'The empty text'],
  ['another text and a quotation mark', QUOTED, { a: 'x' }, false, true, undefined],
])('%s', (_, pattern, event, ours, theirs, reason) => {
  expect(reasonOf(pattern, event, ours, theirs)).toBe(reason);
});

test('a refusal is named for $or alone', () => {
  const refused = (reason: string) => reasonOf('{}', {}, { error: reason }, true);

  expect(refused('It must be an Array followed with $or.')).toBe('`$or` with something');
  expect(refused('Empty arrays are not allowed')).toBeUndefined();
});
