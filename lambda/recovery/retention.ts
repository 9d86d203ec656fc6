import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type EventRepository, type EventSummary } from '../event/event-repository';
import { type OrderRepository } from '../order/order-repository';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type SeatRepository } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { queryAll } from '../shared/dynamodb';
import { type Fields, itemOf, number, optional, text } from '../shared/item';
import { endOf } from '../event/event-times';
import { type TicketStore } from '../ticket/ticket-store';
import { type Run } from './orphan-payments';
import { sideBySide } from './side-by-side';

/** Seconds before the sales of an event go in which their tickets do: as long as audits may not run. */
export const TICKETS_GO_BEFORE = 7 * 86_400;

/** Seats that one query looks at, and orders of a page. */
const PAGE = 400;

/** Sales that are seen to at once: each takes a write or two, or the requests of its ticket. */
const AT_ONCE = 10;

/** How long the sales of an event are kept, as the audits have seen to it. */
interface Mark {
  readonly sk: string;
  /** Seconds since the epoch. */
  readonly until: number;
  /** Their tickets are gone. */
  readonly ticketsGone?: boolean;
}
const MARK: Fields<Mark> = { sk: text, until: number, ticketsGone: optional((value) => value === true) };

/** Of the partition of the seat table that has them, an item an event. */
export const RETENTION_KEY = 'EVENT-RETENTION';

/** What the audits have seen to, by event. */
export class RetentionMarks {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  async all(): Promise<Map<string, Mark>> {
    const marks = await queryAll(this.client, this.tableName, RETENTION_KEY, (item) =>
      itemOf('mark of retention', MARK, item),
    );
    return new Map(marks.map((mark) => [mark.sk, mark]));
  }

  async put(eventId: string, mark: Omit<Mark, 'sk'>): Promise<void> {
    const Item = { pk: RETENTION_KEY, sk: eventId, ...mark };
    await this.client.send(new PutCommand({ TableName: this.tableName, Item }));
  }
}

export interface RetentionDependencies {
  readonly events: Pick<EventRepository, 'list' | 'findLayout'>;
  readonly seats: Pick<SeatRepository, 'takenPage' | 'listRevoked' | 'keep'>;
  readonly purchases: Pick<PurchaseRepository, 'keepWithEvent' | 'outlines'>;
  readonly orders: Pick<OrderRepository, 'ofEvent' | 'keepWithEvent'>;
  readonly tickets: Pick<TicketStore, 'erase'>;
  readonly marks: Pick<RetentionMarks, 'all' | 'put'>;
  readonly clock: Clock;
  /** Seconds after its event for which a sale is kept. */
  readonly salesKept: number;
}

/** A sale of an event, with what its event has of it. */
interface Sale {
  readonly purchaseId: string;
  /** Keeps what the event has of it as long at least. */
  readonly keep: (until: number) => Promise<void>;
}

/**
 * Keeps sales and orders as long as their events have them kept. The write that sells says so already: what is left is an event that was
 * moved since, and what an older version has sold. It only ever keeps longer: money may be owed of what is kept for another reason.
 *
 * TTL takes records and seats when their time is over, and tells nobody. So the tickets, which have their buyers' names on them, go some
 * days before, while the records still say which they are.
 *
 * Once an event is seen to, it costs an item in a query an hour.
 */
export async function keepWithEvents(
  { events, seats, purchases, orders, tickets, marks, clock, salesKept }: RetentionDependencies,
  { hasTime }: Pick<Run, 'hasTime'>,
) {
  const now = clock.nowSeconds();
  const seenTo = await marks.all();
  const counts = { moved: 0, ticketsOf: 0 };
  for (const event of await events.list()) {
    if (!hasTime()) break;
    await seeTo(event);
  }
  return { counts };

  async function seeTo(event: EventSummary): Promise<void> {
    const { eventId } = event;
    const mark = seenTo.get(eventId);
    const until = endOf(event) + salesKept;
    const isMoved = mark?.until !== until;
    const ticketsGo = until - now <= TICKETS_GO_BEFORE;
    const ticketsGone = !isMoved && mark.ticketsGone === true;
    if (!isMoved && (!ticketsGo || ticketsGone)) return;
    // Tickets first: a sale of long ago is gone once it is said until when it is kept.
    if (ticketsGo && !ticketsGone && !(await dropTickets(eventId))) return;
    if (isMoved && !(await keep(eventId, until))) return;
    await marks.put(eventId, { until, ...(ticketsGo && { ticketsGone: true }) });
  }

  async function dropTickets(eventId: string): Promise<boolean> {
    for await (const sales of salesOf(eventId)) {
      if (!hasTime()) return false;
      const outlines = await purchases.outlines(sales.map(({ purchaseId }) => purchaseId));
      await sideBySide(AT_ONCE, outlines.values(), async (outline) => {
        await tickets.erase(outline);
        counts.ticketsOf++;
      });
    }
    return true;
  }

  /** @returns false when some of it is left to the next run */
  async function keep(eventId: string, until: number): Promise<boolean> {
    let isWhole = true;
    for await (const sales of salesOf(eventId, until)) {
      if (!hasTime()) return false;
      await sideBySide(AT_ONCE, sales, async (sale) => {
        if (!(await purchases.keepWithEvent(sale.purchaseId, until))) isWhole = false;
        await sale.keep(until);
        counts.moved++;
      });
    }
    for (let after: string | undefined, isFirst = true; isFirst || after; isFirst = false) {
      if (!hasTime()) return false;
      const page = await orders.ofEvent(eventId, { after, limit: PAGE });
      await sideBySide(AT_ONCE, page.orderIds, async (orderId) => {
        if (!(await orders.keepWithEvent(eventId, orderId, until))) isWhole = false;
      });
      after = page.after;
    }
    return isWhole;
  }

  /** Sold seats, and sales that are cancelled, in pages; where it is said until when, those alone that are not kept so long. */
  async function* salesOf(eventId: string, until = Infinity): AsyncGenerator<Sale[]> {
    const layout = await events.findLayout(eventId);
    for (const { section } of layout?.sections ?? []) {
      let after: string | undefined;
      do {
        const page = await seats.takenPage(eventId, section, { now, after, limit: PAGE });
        const sold = page.seats.filter(({ status, expiresAt = 0 }) => status === 'SOLD' && expiresAt < until);
        yield sold.map(({ seatId, purchaseId }) => ({
          purchaseId,
          keep: (kept) => seats.keep(eventId, { seatId, section }, purchaseId, kept),
        }));
        after = page.after;
      } while (after !== undefined);
    }
    let after: string | undefined;
    do {
      const page = await seats.listRevoked(eventId, { since: 0, ...(after && { after }), limit: PAGE });
      yield page.revoked.map((revoked) => ({
        purchaseId: revoked.purchaseId,
        keep: (kept) => seats.keep(eventId, revoked, revoked.purchaseId, kept),
      }));
      after = page.after;
    } while (after !== undefined);
  }
}
