import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { transactWrite, TransactionRefused, type TransactionWrite } from '../../../lambda/shared/dynamodb';
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
