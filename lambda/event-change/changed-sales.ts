import { type EventRepository } from '../event/event-repository';
import { findSeat, type Seat, type StoredLayout } from '../event/event-layout';
import {
  type EventRevision,
  type EventRevisions,
  publicFacts,
  type PublicFacts,
} from '../event/event-revision';
import { type EventChange, ticketUrlOf } from '../notification/confirmation';
import { type Purchase, type PurchaseStatus } from '../purchase/purchase';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { sideBySide } from '../recovery/side-by-side';
import { type SeatRepository } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { ItemNotReadable } from '../shared/item';
import { paced } from '../shared/paced';
import { makeTicket } from '../ticket/make-ticket';
import { type TicketKeys } from '../ticket/ticket-keys';
import { type TicketStore } from '../ticket/ticket-store';

/** Purchases of one page, at the most. */
export const PURCHASES_PER_PAGE = 200;

/** Seconds that a page takes at the most, at its rate: a sixth of the function's time-out. */
const PAGE_SECONDS = 20;

/** Seats that one query looks at, and queries of a page: where all are told, a page goes over 4,000 seats. */
const SEATS_PER_QUERY = 400;
const QUERIES_PER_PAGE = 10;

/** Tickets that are made at once: each waits for S3, SNS and the table in turn. */
const AT_ONCE = 4;

/** What became of a page. It is kept as the result of a step, so it names no purchase. */
export interface Page {
  /** Behind which seat the next page begins. @default this was the last one of the section */
  readonly next?: string;
  /** Buyers who were told. */
  readonly told: number;
  /** Purchases that were made before the change, and may become sales still. */
  readonly busy: number;
}

/** They may become sales, with the facts that they were opened with. */
const MAY_BE_SOLD: ReadonlySet<PurchaseStatus> = new Set(['PENDING', 'AWAITING_AUTHENTICATION', 'PAID']);

interface Dependencies {
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly revisions: Pick<EventRevisions, 'all'>;
  readonly seats: Pick<SeatRepository, 'takenPage'>;
  readonly purchases: Pick<PurchaseRepository, 'outlines' | 'find' | 'noteEventRevision'>;
  readonly tickets: Pick<TicketStore, 'put'>;
  readonly ticketKeys: Pick<TicketKeys, 'signing'>;
  readonly publish: (message: EventChange) => Promise<void>;
  readonly clock: Clock;
  /** Buyers who are told in a second. */
  readonly perSecond: number;
  /** @default PURCHASES_PER_PAGE, or as many as `PAGE_SECONDS` take */
  readonly perPage?: number;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/** The change to tell of, and what there is to know about the event. */
interface Change {
  readonly revision: number;
  readonly now: PublicFacts;
  readonly revisions: readonly EventRevision[];
  readonly layout: StoredLayout;
}

/**
 * The sales of an event that has changed: what the steps of AnnounceChange do. Each may run again at any time, because a purchase
 * says itself which revision its buyer knows: who has bought since knows the newest, and is told nothing.
 */
export class ChangedSales {
  constructor(private readonly dependencies: Dependencies) {}

  /** The sections to go over; none where the event is cancelled: its buyers are told that instead. */
  async sections(eventId: string): Promise<string[]> {
    const layout = await this.dependencies.events.findLayout(eventId);
    if (!layout || layout.cancelledAt !== undefined) return [];
    return layout.sections.map(({ section }) => section);
  }

  /** Makes a new ticket for each sale of a page, and tells its buyer, at a rate that SES takes. */
  async tellPage(eventId: string, revision: number, section: string, after?: string): Promise<Page> {
    const { events, revisions, perSecond } = this.dependencies;
    const layout = await events.findLayout(eventId);
    if (!layout || layout.cancelledAt !== undefined) return { told: 0, busy: 0 };
    const all = await revisions.all(eventId);
    const change = { revision, now: factsOf(all, revision), revisions: all, layout };

    const { behind, busy, next } = await this.behindIn(eventId, revision, section, after);
    let told = 0;
    await sideBySide(AT_ONCE, paced(behind, perSecond), async (purchaseId) => {
      if (await this.tell(purchaseId, change)) told++;
    });
    return { ...(next !== undefined && { next }), told, busy };
  }

  /** The purchases whose buyers know an older revision: a page of sales, and how many may become some. */
  private async behindIn(eventId: string, revision: number, section: string, from: string | undefined) {
    const { seats, purchases, clock, perSecond } = this.dependencies;
    const { perPage: most = Math.min(PURCHASES_PER_PAGE, Math.ceil(perSecond * PAGE_SECONDS)) } =
      this.dependencies;
    const behind = new Set<string>();
    const busy = new Set<string>();
    let after = from;
    for (let query = 1; query <= QUERIES_PER_PAGE; query++) {
      const now = clock.nowSeconds();
      const page = await seats.takenPage(eventId, section, { now, after, limit: SEATS_PER_QUERY });
      const outlines = await purchases.outlines(page.seats.map(({ purchaseId }) => purchaseId));
      for (const { seatId, purchaseId, status } of page.seats) {
        const outline = outlines.get(purchaseId);
        if ((outline?.eventRevision ?? 0) >= revision) continue;
        if (outline?.status === 'CONFIRMED') behind.add(purchaseId);
        // An outline may be a moment older than the seat.
        else if (outline ? MAY_BE_SOLD.has(outline.status) : status === 'HELD') busy.add(purchaseId);
        if (behind.size === most) return { behind: [...behind], busy: busy.size, next: seatId };
      }
      after = page.after;
      if (after === undefined) break;
    }
    return { behind: [...behind], busy: busy.size, next: after };
  }

  /** @returns whether there was something to tell, and somebody to tell it to */
  private async tell(purchaseId: string, { revision, now, revisions, layout }: Change): Promise<boolean> {
    const { purchases, tickets, ticketKeys, publish, apiUrl } = this.dependencies;
    const purchase = await purchases.find(purchaseId);
    if (purchase?.status !== 'CONFIRMED' || (purchase.eventRevision ?? 0) >= revision) return false;
    const seats = ticketSeats(purchase, layout);
    const buyerName = purchase.buyer?.name ?? '';
    await tickets.put(purchase, await makeTicket({ ...purchase, event: now, seats, buyerName }, ticketKeys));
    const before = factsOf(revisions, purchase.eventRevision);
    const ticketUrl = ticketUrlOf(purchaseId, apiUrl);
    await publish({ type: 'EventChanged', purchaseId, ticketUrl, revision, before, now });
    // Last: who dies before is told again, and the channels tell it once.
    await purchases.noteEventRevision(purchaseId, revision);
    return true;
  }
}

/** What the event was at a revision; by default, what it was before there were any. */
function factsOf(revisions: readonly EventRevision[], revision?: number): PublicFacts {
  const found = revisions.find((each) => each.revision === revision);
  if (found) return publicFacts(found);
  const [first] = revisions;
  if (!first || revision !== undefined) throw new ItemNotReadable('An event lacks one of its revisions');
  return publicFacts(first.before ?? first);
}

/** The seats with their rows, at the prices for which they were bought. */
function ticketSeats(purchase: Purchase, layout: StoredLayout): Seat[] {
  return purchase.seats.map(({ seatId, tier, price }) => {
    const seat = findSeat(layout, seatId);
    if (!seat) throw new ItemNotReadable('An event lacks a seat that is sold');
    return { ...seat, tier: tier ?? seat.tier, price: price ?? seat.price };
  });
}
