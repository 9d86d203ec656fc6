import { randomUUID } from 'node:crypto';
import { OrderRepository } from '../../lambda/order/order-repository';
import { type PaidRecords } from '../../lambda/payment/paid-records';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { EventRepository } from '../../lambda/event/event-repository';
import { seatsOf } from '../../lambda/event/event-layout';
import { type PaymentGateway } from '../../lambda/payment/payment-gateway';
import { PurchaseRepository } from '../../lambda/purchase/purchase-repository';
import { AuditLog } from '../../lambda/recovery/audit-log';
import { audit } from '../../lambda/recovery/audit';
import { type Escalations } from '../../lambda/shared/escalations';
import { olderRecords } from '../../lambda/recovery/older-records';
import { RetentionMarks } from '../../lambda/recovery/retention';
import { SeatRepository } from '../../lambda/seat/seat-repository';
import { documentClient } from '../../lambda/shared/dynamodb';
import { TicketStore } from '../../lambda/ticket/ticket-store';
import { startAwsEndpoint } from '../../local/core/aws-endpoint';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { LocalClock } from '../../local/core/clock';
import { createTable } from '../../local/dynamodb/create-table';
import { dynamoDbClient } from '../../local/dynamodb/dynamodb-client';
import { startDynamoDbEngine } from '../../local/dynamodb/engine';
import { ObjectStore } from '../../local/s3/object-store';
import { createS3Service } from '../../local/s3/s3-service';
import { templatesOf } from '../cost/stage-templates';
import { writeAll } from '../server/bulk-load';
import { venue } from '../server/venue';
import { meter, type Use } from './meter';

const NO_ORDERS: PaidRecords = {
  outlines: () => Promise.resolve(new Map()),
  find: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
  installation: { find: () => Promise.resolve(undefined) },
};

const BUCKET = 'tickets';
const HOUR = 3_600;
const DAY = 86_400;
const KEPT = 180 * DAY;

/** Seats of an event: a million are sold for many events, not for one. */
const SEATS_PER_EVENT = 50_000;

/** One run of the audit: what it used, and how long it took on this machine. */
export interface MeasuredRun extends Use {
  readonly ms: number;
}

/** A shop that has sold so many seats, two a purchase, and the audit of it on the local engine. */
export interface SoldShop {
  run(): Promise<MeasuredRun>;
  /** The audit's time, seconds since the epoch. */
  now(): number;
  pass(seconds: number): void;
  /** When the events begin. */
  readonly beginsAt: number;
  close(): Promise<void>;
}

/**
 * All of it was sold within the last hour but one, for events of the next months: no audit has looked at it yet.
 *
 * The payments are listed by a stand-in, since what Stripe takes for a list is not ours to measure.
 */
export async function openSoldShop(assemblyDirectory: string, seats: number): Promise<SoldShop> {
  const engine = await startDynamoDbEngine();
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
  const tables = await createTables(engine.endpoint, assemblyDirectory);
  const { client, use } = meter(documentClient());
  const events = new EventRepository(client, tables.seats);
  const purchases = new PurchaseRepository(client, tables.purchases);
  const seatRepository = new SeatRepository(client, tables.seats);
  let now = Math.floor(Date.now() / 1000);
  const soldAt = now - 2 * HOUR;
  const beginsAt = now + 20 * DAY;
  const purchaseIds: string[] = [];
  for (let event = 0; event * SEATS_PER_EVENT < seats; event++) {
    const count = Math.min(SEATS_PER_EVENT, seats - event * SEATS_PER_EVENT);
    purchaseIds.push(...(await sellEvent(`event-${event}`, count)));
  }
  const bucket = await openBucket(purchaseIds, soldAt);
  const installation = await purchases.installation.id();
  // No version before has written to these tables.
  await new AuditLog(client, tables.purchases).write({ tallies: [], older: { found: 0 } });
  const gateway: Pick<
    PaymentGateway,
    'listOpenIntents' | `list${'ReturnedRefunds' | 'Refunded' | 'Disputed'}`
  > = {
    async *listOpenIntents({ from, to }) {
      if (soldAt < from || soldAt > to) return;
      for (const purchaseId of purchaseIds) {
        yield { purchaseId, installation, paymentIntentId: `pi_${purchaseId}`, createdAt: soldAt };
      }
    },
    async *listReturnedRefunds() {},
    async *listRefunded() {},
    async *listDisputed() {},
  };

  return {
    beginsAt,
    now: () => now,
    pass: (seconds) => void (now += seconds),
    async run() {
      use.reset();
      const startedAt = performance.now();
      await audit(
        {
          ...{ purchases, events, seats: seatRepository, tickets: bucket.tickets },
          // Nothing is ordered here: to look for orders costs what it costs a shop that has none.
          ...{ orders: new OrderRepository(client, tables.orders), paidOrders: NO_ORDERS },
          gateway: () => Promise.resolve(gateway as PaymentGateway),
          escalations: {} as Escalations,
          cancellations: { startRefunded: () => Promise.reject(new Error('Nothing was given back')) },
          tellDispute: () => Promise.reject(new Error('Nothing is disputed')),
          log: new AuditLog(client, tables.purchases),
          bound: { purchases: 10, percent: 5 },
          ...{ marks: new RetentionMarks(client, tables.seats), salesKept: KEPT },
          older: olderRecords(client, tables),
          addresses: { of: () => Promise.resolve('key.hash') },
          clock: { nowSeconds: () => now },
        },
        () => true,
      );
      return { ...use.read(), ms: performance.now() - startedAt };
    },
    async close() {
      client.destroy();
      await bucket.close();
      await engine.close();
    },
  };

  async function sellEvent(eventId: string, count: number): Promise<string[]> {
    const layout = { ...venue(count), startsAt: new Date(beginsAt * 1000).toISOString() };
    await events.put(eventId, layout);
    const all = seatsOf(layout).slice(0, count);
    const sold = Array.from({ length: Math.ceil(count / 2) }, (_, index) => ({
      purchaseId: randomUUID(),
      pair: all.slice(2 * index, 2 * index + 2),
    }));
    const seatItems = sold.flatMap(({ purchaseId, pair }) =>
      pair.map((seat) => {
        const { expiresAt: _, ...held } = seatRepository.hold(eventId, seat, purchaseId, soldAt).Put!.Item!;
        return { ...held, status: 'SOLD', expiresAt: beginsAt + KEPT };
      }),
    );
    const records = sold.map(({ purchaseId, pair }) => ({
      ...{ purchaseId, status: 'CONFIRMED', executionId: 'bench', fingerprint: 'f'.repeat(64), eventId },
      ...{ seats: pair, amount: 16_000, currency: 'EUR', createdAt: soldAt },
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentIntentId: `pi_${purchaseId}`,
    }));
    await writeAll(dynamoDbClient(engine.endpoint), tables.seats, seatItems);
    await writeAll(dynamoDbClient(engine.endpoint), tables.purchases, records);
    return sold.map(({ purchaseId }) => purchaseId);
  }
}

/** The tables of the synthesised templates. */
async function createTables(
  endpoint: string,
  assemblyDirectory: string,
): Promise<{ seats: string; purchases: string; orders: string }> {
  const resources = templatesOf(assemblyDirectory, 'EventPro-prod').flatMap(({ Resources }) =>
    Object.entries(Resources),
  );
  const create = async (logicalId: string) => {
    const [, table] = resources.find(
      ([id, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable' && id.startsWith(logicalId),
    )!;
    return (await createTable(endpoint, { ...table.Properties, TableName: logicalId })).tableName;
  };
  return {
    seats: await create('SeatTable'),
    purchases: await create('PurchaseTable'),
    orders: await create('OrderTable'),
  };
}

/** A bucket with a ticket of each purchase, written past the service: that is not what is measured. */
async function openBucket(purchaseIds: readonly string[], storedAt: number) {
  const directory = mkdtempSync(join(tmpdir(), 'eventpro-bench-tickets-'));
  const store = new ObjectStore(directory);
  store.createBucket(BUCKET);
  const day = new Date(storedAt * 1000).toISOString().slice(0, 10);
  const body = Buffer.from('%PDF-');
  for (const purchaseId of purchaseIds) {
    const key = `tickets/${day}/${purchaseId}.pdf`;
    const metadata = { key, size: body.length, etag: 'bench', lastModified: storedAt * 1000, headers: {} };
    await store.put(BUCKET, { metadata, body });
  }
  const s3 = createS3Service({ directory, clock: new LocalClock() });
  s3.createBucket(BUCKET);
  const endpoint = await startAwsEndpoint([s3]);
  const client = new S3Client({
    ...{ endpoint: endpoint.url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS },
    forcePathStyle: true,
  });
  return {
    tickets: new TicketStore(client, BUCKET),
    async close() {
      client.destroy();
      await endpoint.close();
      rmSync(directory, { recursive: true });
    },
  };
}
