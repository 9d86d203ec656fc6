import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { INSTALLATION_KEY } from '../../../lambda/purchase/installation';
import { type Purchase, purchaseIdSchema } from '../../../lambda/purchase/purchase';
import { PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { COUNTED_SECONDS, TooManyUnpaid, UnpaidSeats } from '../../../lambda/purchase/unpaid-seats';
import { HOLD_SECONDS } from '../../../lambda/seat/seat-repository';
import { documentClient } from '../../../lambda/shared/dynamodb';
import { logger } from '../../../lambda/shared/logger';
import { REQUEST_TIMEOUTS } from '../../../lambda/shared/request-timeouts';
import { useTables } from '../../support/tables';
import { MovableClock } from '../checkout';

const BOUND = 16;
const EXECUTION = 'execution-1';

const tables = useTables();
let purchases: PurchaseRepository;
let clock: MovableClock;
let eventId: string;
beforeEach(() => {
  purchases = new PurchaseRepository(tables.client, tables.purchaseTable);
  clock = new MovableClock();
  eventId = `event-${randomUUID()}`;
});

/** A purchase that is PENDING. */
async function pending(seats: number, of: Partial<Purchase> = {}): Promise<Purchase> {
  const purchase: Purchase = {
    ...{ purchaseId: randomUUID(), status: 'PENDING', executionId: EXECUTION, fingerprint: '', eventId },
    seats: Array.from({ length: seats }, (_, n) => ({ seatId: `A-${n + 1}`, section: 'Stalls' })),
    ...{ amount: 1_000, currency: 'EUR', createdAt: clock.nowSeconds(), ...of },
  };
  await purchases.open(purchase, []);
  return purchase;
}

/** The bank asks for its buyer. @returns the record */
async function asked(purchase: Purchase, address = '192.0.2.1'): Promise<Purchase> {
  const { purchaseId, createdAt } = purchase;
  const unpaidBy = { address, bound: BOUND, now: clock.nowSeconds() };
  await purchases.awaitAuthentication(purchase, EXECUTION, createdAt + 300, unpaidBy);
  return (await purchases.find(purchaseId))!;
}

/** A purchase of so many seats waits for its buyer. @returns its record; undefined over the bound */
async function waiting(
  seats: number,
  address?: string,
  of?: Partial<Purchase>,
): Promise<Purchase | undefined> {
  return withinBound(asked(await pending(seats, of), address));
}

async function withinBound<Result>(made: Promise<Result>): Promise<Result | undefined> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof TooManyUnpaid) return undefined;
    throw error;
  }
}

async function itemOf(purchase: Purchase | undefined): Promise<Record<string, unknown>> {
  const Key = { purchaseId: purchase!.unpaidKey };
  const { Item = {} } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key, ConsistentRead: true }),
  );
  return Item;
}

const entriesOf = (item: Record<string, unknown>) =>
  Object.keys(item).filter((name) => name.startsWith('p_'));
const sumOf = (item: Record<string, unknown>) =>
  entriesOf(item).reduce((sum, name) => sum + (item[name] as { seats: number }).seats, 0);

test('an address may hold as many seats unpaid as the bound, and not one more', async () => {
  const first = await waiting(8);
  const second = await waiting(8);

  const third = await waiting(1);

  expect(third).toBeUndefined();
  expect(second!.unpaidKey).toBe(first!.unpaidKey);
  expect(await itemOf(first)).toMatchObject({ total: BOUND });
  expect(entriesOf(await itemOf(first))).toHaveLength(2);
});

test('a purchase that is over the bound does not wait, and is not counted', async () => {
  const first = await waiting(8);
  await waiting(8);
  const before = await itemOf(first);
  const purchase = await pending(8);

  await expect(asked(purchase)).rejects.toThrow(TooManyUnpaid);

  expect(await purchases.find(purchase.purchaseId)).toMatchObject({ status: 'PENDING' });
  expect(await itemOf(first)).toEqual(before);
});

test('fewer seats fit where more do not', async () => {
  await waiting(8);
  await waiting(6);

  expect(await waiting(3)).toBeUndefined();
  expect(await waiting(2)).toBeDefined();
});

test('another event and another address are counted for themselves, and in another table each has another name', async () => {
  const counted = [
    await waiting(8),
    await waiting(8, undefined, { eventId: `event-${randomUUID()}` }),
    await waiting(8, '192.0.2.2'),
  ];
  await tables.client.send(
    new PutCommand({
      TableName: tables.purchaseTable,
      Item: { purchaseId: INSTALLATION_KEY, installation: randomUUID() },
    }),
  );
  purchases = new PurchaseRepository(tables.client, tables.purchaseTable);
  counted.push(await waiting(8));

  expect(new Set(counted.map((purchase) => purchase!.unpaidKey)).size).toBe(4);
});

test('an address counts as one however it is written, and so does a /64', async () => {
  const address = [await waiting(1, '192.0.2.1'), await waiting(1, '::ffff:192.0.2.1')];
  const line = [await waiting(1, '2001:db8::1'), await waiting(1, '2001:db8::2')];

  expect(address[1]!.unpaidKey).toBe(address[0]!.unpaidKey);
  expect(line[1]!.unpaidKey).toBe(line[0]!.unpaidKey);
  expect(line[0]!.unpaidKey).not.toBe(address[0]!.unpaidKey);
});

test('a purchase that is counted already is not counted again, and waits as it should', async () => {
  await waiting(8);
  const purchase = await pending(8);
  await asked(purchase);

  const again = await asked(purchase);

  expect(again).toMatchObject({ status: 'AWAITING_AUTHENTICATION' });
  expect(await itemOf(again)).toMatchObject({ total: 16 });
});

test('a purchase that a compensation has claimed is not counted', async () => {
  const first = await waiting(8);
  const purchase = await pending(8);
  await purchases.claim(
    purchase.purchaseId,
    { code: 'CHECKOUT_INTERRUPTED', detail: '' },
    { executionId: EXECUTION },
  );

  await expect(asked(purchase)).rejects.toMatchObject({ name: 'SaleNotPossible' });

  expect(await itemOf(first)).toMatchObject({ total: 8 });
});

test('a purchase counts as long as it can hold its seats', () => {
  expect(COUNTED_SECONDS).toBe(HOLD_SECONDS);
});

describe('what is over', () => {
  test('makes room when its time has come, and not a second before', async () => {
    const first = await waiting(8);
    clock.advance(100);
    await waiting(8);

    clock.advance(COUNTED_SECONDS - 101);
    const before = await waiting(8);
    clock.advance(1);
    const after = await waiting(8);

    expect(before).toBeUndefined();
    expect(after!.unpaidKey).toBe(first!.unpaidKey);
    const item = await itemOf(first);
    expect(item).toMatchObject({ total: 16 });
    expect(sumOf(item)).toBe(16);
    expect(entriesOf(item)).toHaveLength(2);
  });

  test('stays as it is where there is still not room enough', async () => {
    const first = await waiting(1);
    clock.advance(100);
    await waiting(8);
    await waiting(7);
    clock.advance(COUNTED_SECONDS - 100);

    expect(await waiting(2)).toBeUndefined();
    expect(await itemOf(first)).toMatchObject({ total: 16 });
  });

  test('is removed once by many that come together, and what they add stays within the bound', async () => {
    const first = await waiting(8);
    await waiting(8);
    clock.advance(COUNTED_SECONDS);
    const all = await Promise.all(Array.from({ length: 20 }, () => pending(4)));

    const counted = await Promise.all(all.map((purchase) => withinBound(asked(purchase))));

    const item = await itemOf(first);
    expect(counted.filter((purchase) => purchase !== undefined)).toHaveLength(4);
    expect(item).toMatchObject({ total: 16 });
    expect(sumOf(item)).toBe(16);
  });
});

describe('twenty purchases of one address at once', () => {
  /** The negative control: it looks what there is, and then adds. */
  class LookThenAdd extends UnpaidSeats {
    override counting(...[purchase, viewer, transaction]: Parameters<UnpaidSeats['counting']>) {
      return super.counting(purchase, viewer, async (unpaidKey, count) => {
        const { total = 0 } = await itemOf({ ...purchase, unpaidKey });
        if (Number(total) + purchase.seats.length > BOUND) throw new TooManyUnpaid();
        const { ':most': _, ...values } = count!.Update!.ExpressionAttributeValues!;
        await transaction(unpaidKey, {
          Update: {
            ...count!.Update!,
            ConditionExpression: 'attribute_not_exists(#entry)',
            ExpressionAttributeValues: values,
          },
        });
      });
    }
  }

  async function twentyOfThree() {
    const all = await Promise.all(Array.from({ length: 20 }, () => pending(3)));
    const made = await Promise.all(all.map((purchase) => withinBound(asked(purchase))));
    const counted = made.filter((purchase) => purchase !== undefined);
    return { counted, item: await itemOf(counted[0]) };
  }

  test('never get past the bound together', async () => {
    const { counted, item } = await twentyOfThree();

    expect(counted).toHaveLength(5);
    expect(item).toMatchObject({ total: 15 });
    expect(sumOf(item)).toBe(15);
  });

  test('negative control: where each looks first and adds then, they do', async () => {
    const { client, purchaseTable } = tables;
    Object.assign(purchases, { unpaid: new LookThenAdd(client, purchaseTable, purchases.installation) });

    const { item } = await twentyOfThree();

    expect(sumOf(item)).toBeGreaterThan(BOUND);
  });
});

describe('taking off', () => {
  test('makes room at once, and is harmless when it is repeated', async () => {
    const [paid, other] = [await waiting(8), await waiting(8)];

    await Promise.all(Array.from({ length: 5 }, () => purchases.unpaid.takeOff(paid!)));

    expect(await itemOf(other)).toMatchObject({ total: 8 });
    expect(entriesOf(await itemOf(other))).toHaveLength(1);
    expect(await waiting(8)).toBeDefined();
  });

  test('of a purchase that is not counted, or whose item is gone, changes nothing', async () => {
    const counted = await waiting(8);
    const { unpaidKey } = counted!;
    const other = await pending(8);
    const gone = { ...other, unpaidKey: `UNPAID#${randomUUID()}` };

    await purchases.unpaid.takeOff(other);
    await purchases.unpaid.takeOff({ ...other, unpaidKey });
    await purchases.unpaid.takeOff(gone);

    expect(await itemOf(counted)).toMatchObject({ total: 8 });
    expect(await itemOf(gone)).toEqual({});
  });

  test('that fails, or that is not answered, is logged and stops nobody', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation();
    const counted = (await waiting(8))!;
    const failing = documentClient();
    failing.middlewareStack.add(() => () => Promise.reject(new Error('down')), { step: 'initialize' });
    const deaf = createServer().listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const endpoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const silent = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, ...REQUEST_TIMEOUTS }));

    await new PurchaseRepository(failing, tables.purchaseTable).unpaid.takeOff(counted);
    const begun = Date.now();
    await new PurchaseRepository(silent, tables.purchaseTable).unpaid.takeOff(counted);

    expect(warn).toHaveBeenCalledTimes(2);
    // Its requests would wait for 2 seconds, three times.
    expect(Date.now() - begun).toBeLessThan(1_900);
    warn.mockRestore();
    silent.destroy();
    deaf.close();
  });
});

test('the item names neither the purchase nor the address, and TTL deletes it long after its last entry', async () => {
  const purchase = (await waiting(8, '203.0.113.77'))!;

  const item = await itemOf(purchase);

  expect(JSON.stringify(item)).not.toContain(purchase.purchaseId);
  expect(JSON.stringify(item)).not.toContain('203.0.113');
  expect(item['expiresAt']).toBeGreaterThan(purchase.createdAt + COUNTED_SECONDS);
});

test('a settled purchase no longer says where it was counted', async () => {
  const { purchaseId } = (await waiting(8))!;
  await purchases.claim(
    purchaseId,
    { code: 'CHECKOUT_INTERRUPTED', detail: '' },
    { now: clock.nowSeconds() + 301 },
  );

  await purchases.settleFailed(purchaseId);

  expect(await purchases.find(purchaseId)).not.toHaveProperty('unpaidKey');
});

test('the item is no purchase: no request can name it, and an audit sees none in it', async () => {
  const { unpaidKey } = (await waiting(8))!;

  expect(await purchases.outlines([unpaidKey!])).toEqual(new Map());
  expect(purchaseIdSchema.safeParse(unpaidKey).success).toBe(false);
});

test('an item that is not as it is written is named, and is no room for more', async () => {
  const { unpaidKey } = (await waiting(8))!;
  await tables.client.send(
    new PutCommand({
      TableName: tables.purchaseTable,
      Item: { purchaseId: unpaidKey, total: 16, p_X: 'eight' },
    }),
  );

  await expect(waiting(8)).rejects.toThrow('count of unpaid seats');
});
