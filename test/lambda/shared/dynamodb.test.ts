import { randomUUID } from 'node:crypto';
import { ResourceNotFoundException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  documentClient,
  transactWrite,
  TransactionRefused,
  type TransactionWrite,
} from '../../../lambda/shared/dynamodb';
import { useTables } from '../../support/tables';
import { errorOf } from '../checkout';

// What is tried again, and how often, is in `seat/seat-race.test.ts`.

const tables = useTables();

function put(
  purchaseId: string,
  change: Partial<NonNullable<TransactionWrite['Put']>> = {},
): TransactionWrite {
  return {
    Put: {
      TableName: tables.purchaseTable,
      Item: { purchaseId, value: 1 },
      ConditionExpression: 'attribute_not_exists(purchaseId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...change,
    },
  };
}

async function find(purchaseId: string) {
  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key: { purchaseId } }),
  );
  return Item;
}

test('every write is done', async () => {
  const ids = [randomUUID(), randomUUID()];

  await transactWrite(
    tables.client,
    ids.map((id) => put(id)),
  );

  expect(await Promise.all(ids.map(find))).toEqual(ids.map((purchaseId) => ({ purchaseId, value: 1 })));
});

test('one condition that fails: none is done, and the error tells which, and what was found there', async () => {
  const [taken, free, alsoTaken] = [randomUUID(), randomUUID(), randomUUID()];
  await transactWrite(tables.client, [put(taken), put(alsoTaken)]);

  const error = await errorOf(
    transactWrite(tables.client, [
      put(free),
      put(taken),
      put(alsoTaken, { ReturnValuesOnConditionCheckFailure: 'NONE' }),
    ]),
  );

  expect(error).toBeInstanceOf(TransactionRefused);
  const refused = error as TransactionRefused;
  expect(refused.refused).toEqual([1, 2]);
  expect(refused.itemAt(0)).toBeUndefined();
  expect(refused.itemAt(1)).toEqual({ purchaseId: taken, value: 1 });
  expect(refused.itemAt(2)).toBeUndefined();
  expect(await find(free)).toBeUndefined();
});

test('the refusal says nothing of what it found: it may be a person', async () => {
  const taken = randomUUID();
  await transactWrite(tables.client, [put(taken, { Item: { purchaseId: taken, name: 'Ada' } })]);

  const error = await errorOf(transactWrite(tables.client, [put(taken)]));

  expect(error.message).not.toContain('Ada');
});

test('a transaction that makes no sense is not tried again as something else', async () => {
  const id = randomUUID();

  const error = await errorOf(transactWrite(tables.client, [put(id), put(id)]));

  expect(error.name).toBe('ValidationException');
  expect(await find(id)).toBeUndefined();
});

test('a field that is undefined is not written', async () => {
  const purchaseId = randomUUID();

  await transactWrite(tables.client, [put(purchaseId, { Item: { purchaseId, phone: undefined } })]);

  expect(await find(purchaseId)).toEqual({ purchaseId });
});

describe('a single write that meets a transaction on its item', () => {
  /** The engine never meets a conflict by itself: the first `times` requests are refused before they leave. */
  function clientThatMeets(error: () => Error, times: number) {
    const client = documentClient();
    let requests = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        if (++requests <= times) throw error();
        return next(args);
      },
      // Inside the SDK's own retries: they must not be what saves the write.
      { step: 'finalizeRequest', priority: 'low' },
    );
    return { client, requests: () => requests };
  }
  const conflict = () => new TransactionConflictException({ message: 'Conflict', $metadata: {} });
  const key = (purchaseId: string) => ({ TableName: tables.purchaseTable, Key: { purchaseId } });

  test.each([
    [
      'PutItem',
      (id: string) => new PutCommand({ TableName: tables.purchaseTable, Item: { purchaseId: id } }),
    ],
    ['UpdateItem', (id: string) => new UpdateCommand({ ...key(id), UpdateExpression: 'SET a = b' })],
    ['DeleteItem', (id: string) => new DeleteCommand(key(id))],
  ] as const)('%s is tried again until the transaction is over', async (_, command) => {
    const purchaseId = randomUUID();
    await tables.client.send(
      new PutCommand({ TableName: tables.purchaseTable, Item: { purchaseId, b: 'written' } }),
    );
    const { client, requests } = clientThatMeets(conflict, 3);

    await client.send(command(purchaseId) as PutCommand);

    expect(requests()).toBe(4);
    expect(await find(purchaseId)).not.toEqual({ purchaseId, b: 'written' });
  });

  test.each([
    ['a conflict that does not end is given up', conflict, 6],
    ['anything else is final', () => new ResourceNotFoundException({ message: 'No', $metadata: {} }), 1],
  ])('%s', async (_, fault, tried) => {
    const { client, requests } = clientThatMeets(fault, Infinity);

    const error = await errorOf(client.send(new DeleteCommand(key(randomUUID()))));

    expect(error.name).toBe(fault().name);
    expect(requests()).toBe(tried);
  });
});
