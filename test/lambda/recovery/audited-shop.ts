import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, paginateScan, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Dispute } from '../../../lambda/purchase/dispute';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { paidOrders } from '../../../lambda/order/paid-orders';
import { audit, type AuditDependencies } from '../../../lambda/recovery/audit';
import { AuditLog } from '../../../lambda/recovery/audit-log';
import { type Escalations } from '../../../lambda/shared/escalations';
import { LOOKS_BACK } from '../../../lambda/recovery/orphan-payments';
import { olderRecords } from '../../../lambda/recovery/older-records';
import { RetentionMarks } from '../../../lambda/recovery/retention';
import { type Bound } from '../../../lambda/recovery/without-record';
import { TicketStore } from '../../../lambda/ticket/ticket-store';
import { LocalClock } from '../../../local/core/clock';
import { createS3Service } from '../../../local/s3/s3-service';
import { type StripeServer } from '../../../local/stripe/stripe-server';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { type Tables, useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, type Order } from '../checkout';
import { charge } from '../payment/charge';

export const AMOUNT = 12_000;
export const HOUR = 3_600;
export const DAY = 86_400;
export const STAGE = 'EventPro-test';

type Item = Record<string, unknown>;

/** What a shop has, and the audit of it: real tables, a bucket, and an account at the payment server. */
export interface AuditedShop {
  readonly checkout: Checkout;
  readonly purchaseTable: string;
  readonly tables: Tables;
  readonly stripe: StripeServer;
  readonly escalated: object[];
  /** Purchases whose cancellation was started because their money was given back; and what people were told of disputes. */
  readonly cancelled: string[];
  readonly told: Dispute[];
  readonly ticketStore: TicketStore;
  gateway: StripeGateway;
  bound: Bound;
  /** Moves everybody's time. */
  pass(seconds: number): void;
  /** A purchase that was paid, got its ticket, and is CONFIRMED. */
  sell(...seats: string[]): Promise<Order>;
  /** As a sale, up to its ticket; then it is compensated, but for its payment and its ticket. */
  fail(...seats: string[]): Promise<Order>;
  /** A payment that was taken for a purchase that nobody opened. */
  payForNothing(purchaseId: string): Promise<void>;
  audit(changes?: Partial<AuditDependencies>, hasTime?: () => boolean): Promise<void>;
  /** Every item of the purchase table. */
  items(): Promise<Item[]>;
  remove(purchaseId: string): Promise<void>;
  put(items: readonly Item[]): Promise<void>;
  /** What was given back, by purchase. */
  refunded(): string[];
  hasTicket(order: Order): Promise<boolean>;
}

/** A shop of its own for each test of the file. */
export function useAuditedShop(): AuditedShop {
  const directory = mkdtempSync(join(tmpdir(), 'eventpro-audited-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const s3Clock = new LocalClock();
  const s3 = createS3Service({ directory, clock: s3Clock });
  s3.createBucket('tickets');
  const tables = useTables();
  const stripe = useStripeServer();
  useAwsServices([s3]);
  const shop = {} as { -readonly [Member in keyof AuditedShop]: AuditedShop[Member] };
  let openedAt: Map<string, number>;
  /** Seconds by which the bucket is ahead, from the tests before. */
  let passed = 0;

  beforeEach(async () => {
    s3.reset();
    shop.checkout = await Checkout.open(tables);
    await empty(tables.purchaseTable);
    shop.checkout.clock.advance(passed);
    stripe.clock.advance(passed);
    // The audits have come to this hour: the first one of all would read 432 lists of payments, those of three days.
    const payments = shop.checkout.clock.nowSeconds() - HOUR;
    const log = new AuditLog(tables.client, tables.purchaseTable);
    await log.write({ payments, paymentsAgain: payments - LOOKS_BACK, tallies: [] });
    openedAt = new Map();
    shop.stripe = stripe.server;
    shop.gateway = new StripeGateway('sk_test_local', STAGE, stripe.server.url);
    shop.ticketStore = new TicketStore(new S3Client({}), 'tickets');
    shop.bound = { purchases: 10, percent: 5 };
    Object.assign(shop, { escalated: [], cancelled: [], told: [] });
  });

  async function empty(TableName: string): Promise<void> {
    for (const { purchaseId } of await scan(TableName)) {
      await tables.client.send(new DeleteCommand({ TableName, Key: { purchaseId } }));
    }
  }

  async function scan(TableName: string): Promise<Item[]> {
    const items: Item[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: tables.client },
      { TableName, ConsistentRead: true },
    ))
      items.push(...Items);
    return items;
  }

  async function charged(seats: string[]): Promise<Order> {
    const { checkout, gateway, ticketStore } = shop;
    const order = await checkout.pending(seats);
    const { purchaseId } = order;
    openedAt.set(purchaseId, checkout.clock.nowSeconds());
    const installation = await checkout.purchases.installation.id();
    const { paymentIntentId } = await gateway.createIntent({
      ...{ purchaseId, installation, amount: AMOUNT, currency: 'EUR' },
    });
    await checkout.purchases.recordPaymentIntent(purchaseId, paymentIntentId);
    await charge(gateway, { purchaseId, paymentIntentId });
    await ticketStore.put({ purchaseId, createdAt: checkout.clock.nowSeconds() }, Buffer.from('%PDF-'));
    return order;
  }

  Object.assign(shop, {
    tables,
    pass(seconds) {
      shop.checkout.clock.advance(seconds);
      stripe.clock.advance(seconds);
      s3Clock.advance(seconds);
      passed += seconds;
    },
    async sell(...seats) {
      const order = await charged(seats);
      const { checkout } = shop;
      await checkout.purchases.recordPaid(order.purchaseId);
      const until = await checkout.keptUntil();
      await checkout.purchases.confirm(
        order.purchaseId,
        seats.map((seatId) =>
          checkout.seats.sell(checkout.eventId, checkout.seat(seatId), order.purchaseId, until),
        ),
        until,
      );
      return order;
    },
    async fail(...seats) {
      const order = await charged(seats);
      await shop.checkout.claim(order);
      await shop.checkout.purchases.settleFailed(order.purchaseId);
      return order;
    },
    async payForNothing(purchaseId) {
      const installation = await shop.checkout.purchases.installation.id();
      const { paymentIntentId } = await shop.gateway.createIntent({
        ...{ purchaseId, installation, amount: AMOUNT, currency: 'EUR' },
      });
      await charge(shop.gateway, { purchaseId, paymentIntentId });
    },
    async audit(changes = {}, hasTime = () => true) {
      const { checkout } = shop;
      const orders = new OrderRepository(tables.client, tables.orderTable, checkout.clock);
      const listed = (await checkout.events.list()).filter(({ eventId }) => eventId === checkout.eventId);
      const escalations: Pick<Escalations, 'refundFailed'> = {
        refundFailed: (payment) => Promise.resolve(void shop.escalated.push(payment)),
      };
      await audit(
        {
          ...{ purchases: checkout.purchases, orders, paidOrders: paidOrders(orders) },
          // Of the test's own event alone: others have left theirs.
          events: Object.assign(Object.create(checkout.events) as typeof checkout.events, {
            list: () => Promise.resolve(listed),
          }),
          ...{ seats: checkout.seats, tickets: shop.ticketStore, clock: checkout.clock },
          gateway: () => Promise.resolve(shop.gateway),
          escalations: escalations as Escalations,
          cancellations: {
            startRefunded: (purchaseId) => Promise.resolve(void shop.cancelled.push(purchaseId)),
          },
          tellDispute: (_, dispute) => Promise.resolve(void shop.told.push(dispute)),
          log: new AuditLog(tables.client, tables.purchaseTable),
          marks: new RetentionMarks(tables.client, tables.seatTable),
          salesKept: checkout.salesKept,
          older: olderRecords(tables.client, { purchases: tables.purchaseTable, orders: tables.orderTable }),
          addresses: checkout.addresses,
          ...{ bound: shop.bound, ...changes },
        },
        hasTime,
      );
    },
    items: () => scan(tables.purchaseTable),
    async remove(purchaseId) {
      await tables.client.send(new DeleteCommand({ TableName: tables.purchaseTable, Key: { purchaseId } }));
    },
    async put(items) {
      for (const Item of items) {
        await tables.client.send(new PutCommand({ TableName: tables.purchaseTable, Item }));
      }
    },
    refunded: () =>
      stripe.server
        .payments()
        .filter(({ refunded }) => refunded > 0)
        .map(({ metadata }) => metadata['purchaseId']!),
    hasTicket: ({ purchaseId }) => shop.ticketStore.has({ purchaseId, createdAt: openedAt.get(purchaseId)! }),
  } satisfies Partial<AuditedShop>);
  return shop;
}
