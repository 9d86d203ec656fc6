import { comparable } from '../../conformance/dynamodb/comparable';
import { NAMED } from '../../conformance/dynamodb/named-differences';

const reply = (status: number, body: object) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const same = (name: string, input: object, one: object, other: object) =>
  JSON.stringify(comparable({ name, input: { ...input } }, reply(200, one))) ===
  JSON.stringify(comparable({ name, input: { ...input } }, reply(200, other)));

const A = { id: { S: 'a' } };
const B = { id: { S: 'b' } };

test.each([
  ['Query', {}, false],
  ['Query', { IndexName: 'byDate' }, true],
  ['Scan', {}, true],
])('the order of items of %s %j is chance: %s', (name, input, isChance) => {
  expect(same(name, input, { Items: [A, B] }, { Items: [B, A] })).toBe(isChance);
  expect(same(name, input, { Items: [A, B] }, { Items: [A, A] })).toBe(false);
});

test('the order of a batch is chance, what is in it is not', () => {
  const batch = (...items: object[]) => ({ Responses: { T: items }, UnprocessedKeys: {} });

  expect(same('BatchGetItem', {}, batch(A, B), batch(B, A))).toBe(true);
  expect(same('BatchGetItem', {}, batch(A, B), batch(A))).toBe(false);
});

test('members and sets have no order, lists have one, and capacity is not compared', () => {
  const item = (list: string[], set: string[]) => ({ Item: { l: { L: list }, s: { SS: set } } });

  expect(same('GetItem', {}, item(['1', '2'], ['x', 'y']), item(['1', '2'], ['y', 'x']))).toBe(true);
  expect(same('GetItem', {}, item(['1', '2'], ['x']), item(['2', '1'], ['x']))).toBe(false);
  expect(same('GetItem', {}, { Item: A, ConsumedCapacity: { CapacityUnits: 1 } }, { Item: A })).toBe(true);
});

test('an error is its name and its reasons, in whatever words', () => {
  const refused = (type: string, codes: string[], message = '') =>
    comparable(
      { name: 'TransactWriteItems', input: {} },
      reply(400, {
        __type: `com.amazonaws.dynamodb.v20120810#${type}`,
        message,
        CancellationReasons: codes.map((Code) => ({ Code, Message: message })),
      }),
    );
  const cancelled = refused('TransactionCanceledException', ['None', 'ConditionalCheckFailed'], 'so');

  expect(refused('TransactionCanceledException', ['None', 'ConditionalCheckFailed'])).toEqual(cancelled);
  expect(refused('TransactionCanceledException', ['ConditionalCheckFailed', 'None'])).not.toEqual(cancelled);
  expect(refused('ValidationException', ['None', 'ConditionalCheckFailed'])).not.toEqual(cancelled);
});

describe('a transaction that DynamoDB Local cancels, and the local engine does not take', () => {
  const put = (id: string) => ({ Put: { TableName: 'T', Item: { id: { S: id } } } });
  const reasonOf = (ids: string[], ours = 'ValidationException') =>
    NAMED.find(({ explains }) =>
      explains({
        ...{
          name: '',
          equal: false,
          ours: { error: ours },
          theirs: { error: 'TransactionCanceledException' },
        },
        ...{ operation: { name: 'TransactWriteItems', input: { TransactItems: ids.map(put) } } },
      }),
    )?.name;

  test('is named where it writes one item twice, and there alone', () => {
    expect(reasonOf(['a', 'a'])).toContain('one item twice');
    expect(reasonOf(['a', 'b'])).toBeUndefined();
    expect(reasonOf(['a', 'a'], 'AccessDeniedException')).toBeUndefined();
  });
});

describe('a page of another length, or of other items', () => {
  const reasonOf = (input: object, ours: object, theirs: object) =>
    NAMED.find(({ explains }) =>
      explains({ name: '', equal: false, ours, theirs, operation: { name: 'Query', input } } as never),
    )?.name.slice(0, 20);
  const more = { LastEvaluatedKey: A };

  test.each([
    ['one item longer, with more to come', { Items: [A, B], ...more }, 'A page of a megabyte'],
    ['two items longer', { Items: [A, B, B], ...more }, undefined],
    ['one item longer, and the last', { Items: [A, B] }, undefined],
    ['of other items', { Items: [B], ...more }, undefined],
  ])('of a table: %s', (_, theirs, reason) => {
    expect(reasonOf({}, { Items: [A], ...more }, theirs)).toBe(reason);
  });

  test('of an index is named where it is a page, and no error', () => {
    const index = { IndexName: 'events' };

    expect(reasonOf({ ...index, Limit: 1 }, { Items: [A] }, { Items: [B] })).toBe('Items of an index th');
    expect(reasonOf(index, { Items: [A] }, { Items: [B] })).toBeUndefined();
    expect(
      reasonOf({ ...index, Limit: 1 }, { Items: [A] }, { error: 'ValidationException' }),
    ).toBeUndefined();
  });
});
