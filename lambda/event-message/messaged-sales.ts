import { type EventMessageKind } from '../event/event-message-times';
import { publicFacts } from '../event/event-revision';
import { type Cursor, type TakenSeats, takenPurchases } from '../event/taken-purchases';
import { type Message, ticketUrlOf, unsubscriptionsUrlOf } from '../notification/confirmation';
import { type PurchaseOutline } from '../purchase/purchase-item';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { paced } from '../shared/paced';
import { type EventMessage, isCurrent } from './event-message';

/** Purchases of one page, at the most: 100,000 of them take 1,000 operations of the durable function. */
const PURCHASES_PER_PAGE = 200;

/** Seconds that a page takes at the most, at its rate: half of the function's time-out. */
const PAGE_SECONDS = 60;

/** What became of a page. It is kept as the result of a step, so it names no purchase. */
export interface Page {
  /** Where the next page begins. @default this was the last one */
  readonly next?: Cursor;
  /** Sales whose channels have the message. */
  readonly told: number;
}

interface Dependencies extends TakenSeats {
  readonly purchases: Pick<PurchaseRepository, 'outlines' | 'findAll' | 'idsByEmail'>;
  readonly publish: (message: Message) => Promise<void>;
  /** Buyers who are told in a second. */
  readonly perSecond: number;
  /** @default PURCHASES_PER_PAGE, or as many as `PAGE_SECONDS` take */
  readonly perPage?: number;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/** The sales of an event whose buyers are sent something: what the steps of SendEventMessages do. Each may run again at any time. */
export class MessagedSales {
  constructor(private readonly dependencies: Dependencies) {}

  /**
   * Gives the topic a message for each sale of a page, at a rate that SES takes.
   *
   * @returns STALE when the event is at another time, is cancelled, or it is too late: nobody is told any more
   */
  async tellPage(message: EventMessage, from?: Cursor): Promise<Page | 'STALE'> {
    const { events, purchases, publish, clock, perSecond } = this.dependencies;
    const { perPage = Math.min(PURCHASES_PER_PAGE, Math.ceil(perSecond * PAGE_SECONDS)) } = this.dependencies;
    const { kind, eventId } = message;
    const layout = await events.findLayout(eventId);
    if (!layout || layout.cancelledAt !== undefined) return 'STALE';
    if (!isCurrent(message, layout, clock.nowSeconds())) return 'STALE';

    const { ids, next } = await takenPurchases(this.dependencies, eventId, from, perPage);
    const outlines = await purchases.outlines(ids);
    const sales = [...ids].filter((id) => wants(kind, outlines.get(id)));
    const event = publicFacts(layout);
    let told = 0;
    for await (const purchaseId of paced(sales, perSecond)) {
      if (kind === 'thanks' && !(await this.isThankedFor(purchaseId))) continue;
      await publish({ ...this.words(kind, purchaseId), purchaseId, event });
      told++;
    }
    return { ...(next && { next }), told };
  }

  /**
   * Who has bought twice is thanked once: for the sale with which they have agreed last, since an earlier consent may be revoked. A
   * reminder goes with each sale, whose tickets are its own.
   */
  private async isThankedFor(purchaseId: string): Promise<boolean> {
    const { purchases } = this.dependencies;
    const [sale] = await purchases.findAll([purchaseId]);
    if (sale?.emailHash === undefined) return true;
    const theirs = await purchases.findAll(await purchases.idsByEmail([sale.emailHash]));
    const [last] = theirs
      .filter((each) => each.eventId === sale.eventId && wants('thanks', each))
      .toSorted(
        (one, other) => agreedAt(other) - agreedAt(one) || (one.purchaseId < other.purchaseId ? -1 : 1),
      );
    return last === undefined || last.purchaseId === purchaseId;
  }

  /** What a message has beside its event. */
  private words(kind: EventMessageKind, purchaseId: string) {
    const { apiUrl } = this.dependencies;
    return kind === 'reminder'
      ? ({ type: 'EventReminder', ticketUrl: ticketUrlOf(purchaseId, apiUrl) } as const)
      : ({ type: 'EventThanks', unsubscriptionsUrl: unsubscriptionsUrlOf(apiUrl) } as const);
  }
}

const agreedAt = ({ marketingConsent }: PurchaseOutline) => marketingConsent?.at ?? 0;

/** Whether the buyer of a sale is sent it at all. */
function wants(kind: EventMessageKind, sale: PurchaseOutline | undefined): boolean {
  if (sale?.status !== 'CONFIRMED') return false;
  return kind !== 'thanks' || sale.marketingConsent !== undefined;
}
