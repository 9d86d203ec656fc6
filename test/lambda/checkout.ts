import { randomUUID } from 'node:crypto';
import { paginateQuery, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type EventLayout, findSeat, type Seat } from '../../lambda/event/event-layout';
import { EventAnnouncements } from '../../lambda/event/event-announcements';
import { EventRepository } from '../../lambda/event/event-repository';
import { EventRevisions } from '../../lambda/event/event-revision';
import { EventCancellations } from '../../lambda/event/event-cancellations';
import { RecentCancellations } from '../../lambda/event/recent-cancellations';
import { RecentLayouts } from '../../lambda/event/recent-layouts';
import { type Failure, type PurchaseRequest } from '../../lambda/purchase/purchase';
import { PurchaseRepository } from '../../lambda/purchase/purchase-repository';
import { type Reservation } from '../../lambda/seat/reservation';
import { reserveSeat } from '../../lambda/seat/reserve-seat';
import { SeatRepository } from '../../lambda/seat/seat-repository';
import { keptUntil } from '../../lambda/event/event-times';
import { AddressHashes } from '../../lambda/shared/address-hash';
import { type Clock } from '../../lambda/shared/clock';
import { type Tables } from '../support/tables';

export const LAYOUT: EventLayout = {
  name: 'The Late Quartet',
  venue: 'Meridian Hall',
  // Not over, whenever this runs and however far its clock is moved.
  startsAt: '2100-03-20T19:00:00Z',
  saleClosesAt: '2100-03-20T19:00:00Z',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  tiers: [
    { tier: 'premium', price: 12000 },
    { tier: 'standard', price: 8000 },
  ],
  sections: [
    {
      section: 'Stalls',
      rows: [
        { row: 'A', tier: 'premium', seats: 12 },
        { row: 'B', tier: 'standard', seats: 12 },
      ],
    },
    { section: 'Circle', rows: [{ row: 'C', tier: 'standard', seats: 6 }] },
  ],
};

export class MovableClock implements Clock {
  private now = Math.floor(Date.now() / 1000);

  nowSeconds(): number {
    return this.now;
  }

  advance(seconds: number): void {
    this.now += seconds;
  }
}

const INTERRUPTED: Failure = { code: 'CHECKOUT_INTERRUPTED', detail: 'Error, please retry.' };

/** What the state machine hands to the first step. */
export interface Order {
  readonly purchaseId: string;
  readonly executionId: string;
  readonly request: PurchaseRequest;
  /** The buyer's address. */
  readonly viewer: string;
}

/** An item of the seat table for a seat. */
export type SeatItem = Record<string, unknown> & { seatId: string; status: string; purchaseId: string };

/** A new event on sale: what the steps need, and purchases brought as far as a test wants them. */
export class Checkout {
  readonly eventId = `event-${randomUUID()}`;
  readonly clock = new MovableClock();
  readonly unpaidBound = 16;
  /** Seconds after its event for which a sale is kept. */
  readonly salesKept = 180 * 86_400;
  readonly addresses = new AddressHashes(() => Promise.resolve('k'.repeat(64)));
  readonly events: EventRepository;
  readonly revisions: EventRevisions;
  readonly announcements: EventAnnouncements;
  readonly layouts: RecentLayouts;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly eventCancellations: EventCancellations;
  readonly cancellations: RecentCancellations;

  private constructor(private readonly tables: Tables) {
    this.events = new EventRepository(tables.client, tables.seatTable);
    this.revisions = new EventRevisions(tables.client, tables.seatTable);
    this.announcements = new EventAnnouncements(tables.client, tables.seatTable);
    this.layouts = new RecentLayouts(this.events, this.clock);
    this.seats = new SeatRepository(tables.client, tables.seatTable);
    this.purchases = new PurchaseRepository(tables.client, tables.purchaseTable, this.clock);
    this.eventCancellations = new EventCancellations(tables.client, tables.seatTable);
    this.cancellations = new RecentCancellations(this.eventCancellations, this.clock);
  }

  static async open(tables: Tables): Promise<Checkout> {
    const checkout = new Checkout(tables);
    await checkout.events.put(checkout.eventId, LAYOUT);
    return checkout;
  }

  /** Another layout at once, whatever is held or sold. */
  async replaceLayout(layout: EventLayout): Promise<void> {
    await this.events.put(this.eventId, layout, await this.events.find(this.eventId));
  }

  order(seats: string[], request: Partial<PurchaseRequest> = {}): Order {
    return {
      purchaseId: randomUUID(),
      executionId: `execution-${randomUUID()}`,
      viewer: '192.0.2.1',
      request: {
        eventId: this.eventId,
        seats,
        buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
        paymentMethod: 'pm_card_visa',
        ...request,
      },
    };
  }

  /** @throws what ReserveSeat refuses */
  reserve(order: Order): Promise<Reservation> {
    return unlessRefused(reserveSeat(order, this));
  }

  /** What the steps of the payment need beside a gateway. */
  get payment() {
    const { purchases, cancellations, clock, unpaidBound } = this;
    return { purchases, cancellations, clock, unpaidBound };
  }

  /** A purchase that is PENDING. */
  async pending(seats: string[], request?: Partial<PurchaseRequest>): Promise<Order> {
    const order = this.order(seats, request);
    await this.reserve(order);
    return order;
  }

  /** A purchase that is PAID, as far as the table knows. */
  async paid(seats: string[], request?: Partial<PurchaseRequest>): Promise<Order> {
    const order = await this.pending(seats, request);
    await this.purchases.recordPaymentIntent(order.purchaseId, 'pi_1');
    await this.purchases.recordPaid(order.purchaseId);
    return order;
  }

  /** A purchase that is CONFIRMED, with its seats SOLD. */
  async confirmed(seats: string[], request?: Partial<PurchaseRequest>): Promise<Order> {
    const order = await this.paid(seats, request);
    const until = await this.keptUntil();
    const sales = seats.map((seatId) =>
      this.seats.sell(this.eventId, this.seat(seatId), order.purchaseId, until),
    );
    await this.purchases.confirm(order.purchaseId, sales, until);
    return order;
  }

  /** Until when what is sold now is kept. */
  async keptUntil(): Promise<number> {
    const layout = (await this.events.findLayout(this.eventId))!;
    return keptUntil(layout, this.clock.nowSeconds(), this.salesKept);
  }

  /** Lets a compensation claim the purchase: it is COMPENSATING then. */
  async claim({ purchaseId, executionId }: Order, failure: Failure = INTERRUPTED): Promise<void> {
    await this.purchases.claim(purchaseId, failure, { executionId });
  }

  /**
   * A sale that is CANCELLING.
   *
   * @param amount to give back in all
   * @returns the execution that cancels it
   */
  async cancelling(order: Order, amount = 12_000): Promise<string> {
    const executionId = `cancellation-${randomUUID()}`;
    await this.claimCancellation(order, executionId, {
      reason: 'BUYER_REQUEST',
      refund: { amount, status: 'PENDING' },
    });
    return executionId;
  }

  /** Claims a sale to cancel it, as the execution does. */
  claimCancellation(
    { purchaseId }: Order,
    executionId: string,
    agreed: Parameters<PurchaseRepository['cancel']>[2],
  ): ReturnType<PurchaseRepository['cancel']> {
    const now = this.clock.nowSeconds();
    const revocation = this.seats.revoke(this.eventId, purchaseId, now);
    return this.purchases.cancel(purchaseId, executionId, agreed, revocation, now);
  }

  seat(seatId: string): Seat {
    return findSeat(LAYOUT, seatId)!;
  }

  /** Every item the table has for the event's seats, expired or not, read past the code under test. */
  async seatItems(): Promise<SeatItem[]> {
    const { Items = [] } = await this.tables.client.send(
      new ScanCommand({
        TableName: this.tables.seatTable,
        FilterExpression: 'begins_with(pk, :event) AND attribute_exists(seatId)',
        ExpressionAttributeValues: { ':event': `EVENT#${this.eventId}#` },
        ConsistentRead: true,
      }),
    );
    return (Items as SeatItem[]).sort((a, b) => a.seatId.localeCompare(b.seatId, 'en', { numeric: true }));
  }

  /** `A-1 HELD` for each seat that has an item. */
  async seatStates(): Promise<string[]> {
    return (await this.seatItems()).map(({ seatId, status }) => `${seatId} ${status}`);
  }
}

/** How many pages a query of the seat table's partition takes. */
export async function pagesOf({ client, seatTable }: Tables, partition: string): Promise<number> {
  const query = {
    TableName: seatTable,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition },
  };
  let pages = 0;
  for await (const _ of paginateQuery({ client }, query)) pages++;
  return pages;
}

/** What a step answers. @throws its refusal, where it returns one: so does its handler */
export async function unlessRefused<Result>(answer: Promise<Result>): Promise<Exclude<Result, Error>> {
  const result = await answer;
  if (result instanceof Error) throw result;
  return result as Exclude<Result, Error>;
}

/** What a promise was rejected with, or a step has refused. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.catch((error: unknown) => error);
  if (outcome instanceof Error) return outcome;
  throw new Error('expected an error', { cause: outcome });
}
