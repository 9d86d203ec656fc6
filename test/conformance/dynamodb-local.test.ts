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
