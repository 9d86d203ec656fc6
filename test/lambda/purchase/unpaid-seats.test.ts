import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Installation } from '../../../lambda/purchase/installation';
import { purchaseIdSchema } from '../../../lambda/purchase/purchase';
import { PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import {
  NotCounted,
  OverBound,
  type UnpaidPurchase,
  UnpaidSeats,
} from '../../../lambda/purchase/unpaid-seats';
import {
  documentClient,
  transactWrite,
  TransactionRefused,
  type TransactionWrite,
} from '../../../lambda/shared/dynamodb';
import { logger } from '../../../lambda/shared/logger';
import { REQUEST_TIMEOUTS } from '../../../lambda/shared/request-timeouts';
import { useTables } from '../../support/tables';
import { MovableClock } from '../checkout';

const BOUND = 16;
const HOLD = 600;

const tables = useTables();
let clock: MovableClock;
let eventId: string;
beforeEach(() => {
  clock = new MovableClock();
  eventId = `event-${randomUUID()}`;
});

function counter(client = tables.client, Counter = UnpaidSeats): UnpaidSeats {
  const installation = new Installation(tables.client, tables.purchaseTable);
  return new Counter(client, tables.purchaseTable, BOUND, installation, clock);
}

function unpaid(seats: number, of: Partial<UnpaidPurchase> = {}): UnpaidPurchase {
  const until = clock.nowSeconds() + HOLD;
  return { purchaseId: randomUUID(), eventId, viewer: '192.0.2.1', seats, until, ...of };
}

/** Counts in a transaction with another write, as the steps do. @returns the item's key; undefined over the bound */
async function count(purchase: UnpaidPurchase, counting = counter()): Promise<string | undefined> {
  const write: TransactionWrite = {
    Put: { TableName: tables.purchaseTable, Item: { purchaseId: purchase.purchaseId, opened: true } },
  };
  try {
    return await counting.counting(purchase, async (key, counted) => {
      await transactWrite(tables.client, counted ? [write, counted] : [write]).catch((error: unknown) => {
        throw error instanceof TransactionRefused ? new NotCounted(error.itemAt(1)) : error;
      });
      return key;
    });
  } catch (error) {
    if (error instanceof OverBound) return undefined;
    throw error;
  }
}

async function itemAt(key: string | undefined): Promise<Record<string, unknown>> {
  const { Item = {} } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key: { purchaseId: key }, ConsistentRead: true }),
  );
  return Item;
}

const entriesOf = (item: Record<string, unknown>) =>
  Object.keys(item).filter((name) => name.startsWith('p_'));
const sumOf = (item: Record<string, unknown>) =>
  entriesOf(item).reduce((sum, name) => sum + (item[name] as { seats: number }).seats, 0);

test('an address may hold as many seats unpaid as the bound, and not one more', async () => {
  const key = await count(unpaid(8));
  const second = await count(unpaid(8));

  const one = await count(unpaid(1));

  expect(second).toBe(key);
  expect(one).toBeUndefined();
  expect(await itemAt(key)).toMatchObject({ total: BOUND });
  expect(entriesOf(await itemAt(key))).toHaveLength(2);
});

test('what is over the bound leaves nothing behind, also not of the rest of the transaction', async () => {
  const key = await count(unpaid(8));
  await count(unpaid(8));
  const before = await itemAt(key);
  const refused = unpaid(8);

  await count(refused);

  expect(await itemAt(refused.purchaseId)).toEqual({});
  expect(await itemAt(key)).toEqual(before);
});

test('fewer seats fit where more do not', async () => {
  await count(unpaid(8));
  await count(unpaid(6));

  expect(await count(unpaid(3))).toBeUndefined();
  expect(await count(unpaid(2))).toBeDefined();
});

test('another event, another address and another table are counted for themselves', async () => {
  const other = { installation: { id: () => Promise.resolve(randomUUID()) } as Installation };
  const elsewhere = new UnpaidSeats(tables.client, tables.purchaseTable, BOUND, other.installation, clock);

  const keys = [
    await count(unpaid(8)),
    await count(unpaid(8, { eventId: `event-${randomUUID()}` })),
    await count(unpaid(8, { viewer: '192.0.2.2' })),
    await count(unpaid(8), elsewhere),
  ];

  expect(new Set(keys).size).toBe(4);
});

test('an address counts as one however it is written, and so does a /64', async () => {
  const same = ['192.0.2.1', '::ffff:192.0.2.1'].map((viewer) => count(unpaid(1, { viewer })));
  const line = ['2001:db8::1', '2001:db8::2'].map((viewer) => count(unpaid(1, { viewer })));

  const [first, second, third, fourth] = [...(await Promise.all(same)), ...(await Promise.all(line))];

  expect(second).toBe(first);
  expect(fourth).toBe(third);
  expect(third).not.toBe(first);
});

test('a purchase that is counted already is not counted again, and its transaction is made', async () => {
  const purchase = unpaid(8);
  await count(unpaid(8));
  const key = await count(purchase);

  const again = await count(purchase);

  expect(again).toBe(key);
  expect(await itemAt(key)).toMatchObject({ total: 16 });
});

describe('what is over', () => {
  test('makes room when its time has come, and not a second before', async () => {
    const key = await count(unpaid(8));
    clock.advance(100);
    await count(unpaid(8));

    clock.advance(HOLD - 101);
    const before = await count(unpaid(8));
    clock.advance(1);
    const after = await count(unpaid(8));

    expect(before).toBeUndefined();
    expect(after).toBe(key);
    const item = await itemAt(key);
    expect(item).toMatchObject({ total: 16 });
    expect(sumOf(item)).toBe(16);
    expect(entriesOf(item)).toHaveLength(2);
  });

  test('stays as it is where there is still not room enough', async () => {
    const key = await count(unpaid(1));
    clock.advance(100);
    await count(unpaid(8));
    await count(unpaid(7));
    clock.advance(HOLD - 100);

    expect(await count(unpaid(2))).toBeUndefined();
    expect(await itemAt(key)).toMatchObject({ total: 16 });
  });

  test('is removed once by many that come together, and what they add stays within the bound', async () => {
    const key = await count(unpaid(8));
    await count(unpaid(8));
    clock.advance(HOLD);

    const counted = await Promise.all(Array.from({ length: 20 }, () => count(unpaid(4))));

    const item = await itemAt(key);
    expect(counted.filter((each) => each !== undefined)).toHaveLength(4);
    expect(item).toMatchObject({ total: 16 });
    expect(sumOf(item)).toBe(16);
  });
});

describe('many requests of one address at once', () => {
  /** The negative control: it reads what there is, and then adds. */
  class ReadThenAdd extends UnpaidSeats {
    override async counting<Result>(
      purchase: UnpaidPurchase,
      transaction: (key: string, count?: TransactionWrite) => Promise<Result>,
    ): Promise<Result> {
      return super.counting(purchase, async (key, counted) => {
        const { total = 0 } = await itemAt(key);
        if (Number(total) + purchase.seats > BOUND) throw new OverBound();
        const unguarded = structuredClone(counted!);
        unguarded.Update!.ConditionExpression = 'attribute_not_exists(#entry)';
        delete unguarded.Update!.ExpressionAttributeValues![':most'];
        return transaction(key, unguarded);
      });
    }
  }

  async function twentyAtOnce(Counter = UnpaidSeats) {
    const purchases = Array.from({ length: 20 }, () => unpaid(3));
    const keys = await Promise.all(purchases.map((each) => count(each, counter(tables.client, Counter))));
    const key = keys.find((each) => each !== undefined);
    return { item: await itemAt(key), counted: keys.filter((each) => each !== undefined).length };
  }

  test('never get past the bound together', async () => {
    const { item, counted } = await twentyAtOnce();

    expect(counted).toBe(5);
    expect(item).toMatchObject({ total: 15 });
    expect(sumOf(item)).toBe(15);
  });

  test('negative control: where each looks first and adds then, they do', async () => {
    const { item } = await twentyAtOnce(ReadThenAdd);

    expect(sumOf(item)).toBeGreaterThan(BOUND);
  });
});

describe('taking off', () => {
  test('makes room at once, and is harmless when it is repeated', async () => {
    const [paid, other] = [unpaid(8), unpaid(8)];
    const key = (await count(paid))!;
    await count(other);

    await Promise.all(Array.from({ length: 5 }, () => counter().takeOff(key, paid.purchaseId, 8)));

    expect(await itemAt(key)).toMatchObject({ total: 8 });
    expect(entriesOf(await itemAt(key))).toHaveLength(1);
    expect(await count(unpaid(8))).toBe(key);
  });

  test('of a purchase that is not counted, or whose item is gone, changes nothing', async () => {
    const key = (await count(unpaid(8)))!;
    const gone = `UNPAID#${randomUUID()}`;

    await counter().takeOff(key, randomUUID(), 8);
    await counter().takeOff(gone, randomUUID(), 8);

    expect(await itemAt(key)).toMatchObject({ total: 8 });
    expect(await itemAt(gone)).toEqual({});
  });

  test('that fails, or that is not answered, is logged and stops nobody', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation();
    const failing = documentClient();
    failing.middlewareStack.add(() => () => Promise.reject(new Error('down')), { step: 'initialize' });
    const deaf = createServer().listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const endpoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const silent = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, ...REQUEST_TIMEOUTS }));

    await counter(failing).takeOff('UNPAID#1', randomUUID(), 8);
    const begun = Date.now();
    await counter(silent).takeOff('UNPAID#1', randomUUID(), 8);

    expect(warn).toHaveBeenCalledTimes(2);
    // Its requests would wait for 2 seconds, three times.
    expect(Date.now() - begun).toBeLessThan(1_900);
    warn.mockRestore();
    silent.destroy();
    deaf.close();
  });
});

test('the item names neither the purchase nor the address, and TTL deletes it long after its last entry', async () => {
  const purchase = unpaid(8, { viewer: '203.0.113.77' });

  const item = await itemAt(await count(purchase));

  expect(JSON.stringify(item)).not.toContain(purchase.purchaseId);
  expect(JSON.stringify(item)).not.toContain('203.0.113');
  expect(item['expiresAt']).toBeGreaterThan(purchase.until);
});

test('the item is no purchase: no request can name it, no index lists it, and an audit sees none in it', async () => {
  const key = (await count(unpaid(8)))!;
  const purchases = new PurchaseRepository(tables.client, tables.purchaseTable);
  const listed: unknown[] = [];

  for await (const purchase of purchases.due(2 ** 40)) listed.push(purchase);

  expect(listed).toEqual([]);
  expect(await purchases.outlines([key])).toEqual(new Map());
  expect(purchaseIdSchema.safeParse(key).success).toBe(false);
});

test('an item that is not as it is written is named, and is no room for more', async () => {
  const key = (await count(unpaid(8)))!;
  await tables.client.send(
    new PutCommand({ TableName: tables.purchaseTable, Item: { purchaseId: key, total: 16, p_X: 'eight' } }),
  );

  await expect(count(unpaid(8))).rejects.toThrow('count of unpaid seats');
});
