import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Installation, INSTALLATION_KEY } from '../../../lambda/purchase/installation';
import { purchaseIdSchema } from '../../../lambda/purchase/purchase';
import { PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { useTables } from '../../support/tables';
import { MovableClock } from '../checkout';

const tables = useTables();
const clock = new MovableClock();
const container = () => new Installation(tables.client, tables.purchaseTable, clock);

beforeEach(() =>
  tables.client.send(
    new DeleteCommand({ TableName: tables.purchaseTable, Key: { purchaseId: INSTALLATION_KEY } }),
  ),
);

test('a table that nothing was paid from has no id; many containers that begin at once make one', async () => {
  const before = await container().find();

  const ids = await Promise.all(Array.from({ length: 20 }, () => container().id()));

  expect(before).toBeUndefined();
  expect(new Set(ids).size).toBe(1);
  expect(await container().find()).toBe(ids[0]);
});

test('a container asks once in five minutes, and finds the id of a table that was put back', async () => {
  const installation = container();
  const first = await installation.id();
  const send = jest.spyOn(tables.client, 'send');
  await Promise.all([installation.id(), installation.id()]);
  const calls = send.mock.calls.length;
  send.mockRestore();
  const restored = randomUUID();
  await tables.client.send(
    new PutCommand({
      TableName: tables.purchaseTable,
      Item: { purchaseId: INSTALLATION_KEY, installation: restored },
    }),
  );

  const meanwhile = await installation.id();
  clock.advance(300);
  const later = await installation.id();

  expect(calls).toBe(0);
  expect(meanwhile).toBe(first);
  expect(later).toBe(restored);
});

test('a container that could not ask asks again', async () => {
  const installation = container();
  const send = jest.spyOn(tables.client, 'send').mockRejectedValueOnce(new Error('no table') as never);

  await expect(installation.id()).rejects.toThrow('no table');
  const id = await installation.id();
  send.mockRestore();

  expect(await container().find()).toBe(id);
});

test('the item is no purchase: no request can name it, and it is in no index', async () => {
  await container().id();
  const unsettled: unknown[] = [];
  const purchases = new PurchaseRepository(tables.client, tables.purchaseTable);

  for await (const purchase of purchases.due(2 ** 40)) unsettled.push(purchase);

  expect(unsettled).toEqual([]);
  expect(purchaseIdSchema.safeParse(INSTALLATION_KEY).success).toBe(false);
});
