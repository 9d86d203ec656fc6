import { messageOf } from '../../local/aws/error-message';

test.each<[string, unknown, string]>([
  ['an error', new Error('no'), 'no'],
  ['what is no error', 'no', 'no'],
  ['an error without words', new TypeError(), 'TypeError'],
  [
    'the causes of an error, down to the first',
    new Error('Nothing answers', {
      cause: new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
    }),
    'Nothing answers: fetch failed: ECONNREFUSED',
  ],
  [
    'a cause that the message tells',
    new Error('Bad: no file', { cause: new Error('no file') }),
    'Bad: no file',
  ],
  [
    'several at once, as of a host with two addresses',
    new TypeError('fetch failed', { cause: new AggregateError([new Error('::1'), new Error('127.0.0.1')]) }),
    'fetch failed: AggregateError: ::1: 127.0.0.1',
  ],
])('tells %s', (_, error, message) => {
  expect(messageOf(error)).toBe(message);
});
