import { detail, MATCHES, REFUSED } from '../../../conformance/event-patterns/pattern-cases';
import { compileEventPattern, compileEventPatternText } from '../../../local/eventbridge/event-pattern';

test.each(MATCHES)('%s', (_, pattern, matching, others) => {
  const matches = compileEventPattern({ detail: pattern });

  expect(matching.map((each) => [each, matches(detail(each))])).toEqual(matching.map((each) => [each, true]));
  expect(others.map((each) => [each, matches(detail(each))])).toEqual(others.map((each) => [each, false]));
});

test('a pattern of a whole event', () => {
  const matches = compileEventPattern({
    source: [{ prefix: 'shop' }],
    'detail-type': ['Sold', 'Cancelled'],
    detail: { state: [{ 'anything-but': 'test' }], count: [{ numeric: ['>', 0, '<=', 5] }] },
  });
  const event = { source: 'shop.checkout', 'detail-type': 'Sold', detail: { state: 'live', count: 5 } };

  expect(matches(event)).toBe(true);
  expect(matches({ ...event, 'detail-type': 'Opened' })).toBe(false);
});

test.each(REFUSED)('%s is refused', (_, text, reason) => {
  const compiling = () => compileEventPatternText(text);

  expect(compiling).toThrow(reason);
  expect(compiling).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException' }) as Error);
});

test.each([
  [{ a: [{ wildcard: 'x*' }] }],
  [{ a: [{ 'anything-but': { prefix: 'x' } }] }],
  [{ a: [{ 'anything-but': { wildcard: 'x*' } }] }],
])('a pipe does not know what a rule knows: %j', (pattern) => {
  expect(() => compileEventPattern(pattern)).not.toThrow();
  expect(() => compileEventPattern(pattern, { operators: 'pipe' })).toThrow('Event pattern is not valid');
});
