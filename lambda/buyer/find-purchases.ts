import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod/mini';
import { connectEvent } from '../event/connect-event';
import { type EventRepository } from '../event/event-repository';
import { findSeat } from '../event/event-layout';
import { connectGateway } from '../payment/connect-gateway';
import { type Fees, type PaymentGateway } from '../payment/payment-gateway';
import { emailAddressSchema } from '../purchase/email-address';
import { type Purchase, purchaseStatusSchema } from '../purchase/purchase';
import { purchaseAnswer } from '../purchase/purchase-answer';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { sideBySide } from '../recovery/side-by-side';
import { type SeatRepository } from '../seat/seat-repository';
import { type AddressHashes, connectAddressHashes, isSameAddress } from '../shared/address-hash';
import { json, route } from '../shared/api';
import { timeText } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { isEventId, seatIdSchema } from '../shared/event-ids';
import { headersNamed } from '../shared/headers';
import { Problem } from '../shared/problem';
import { parseReference, referenceOf } from '../shared/reference';
import { parse } from '../shared/validation';
import { type FoundPurchase, type FoundPurchases } from './buyer-answers';
import { purchasesCsv } from './purchases-csv';

/** Purchases of one answer. With fees each takes a request to Stripe. */
const MOST = 100;

/** Payments read at Stripe at once: it takes 100 reads a second, in a sandbox 25, and checkouts need theirs. */
const READ_AT_ONCE = 8;

const reference = z.pipe(
  z.string().check(z.refine((typed) => parseReference(typed) !== undefined, 'is no reference')),
  z.transform((typed) => parseReference(typed)!),
);

const querySchema = z.object({
  seat: z.optional(seatIdSchema),
  reference: z.optional(reference),
  email: z.optional(emailAddressSchema),
  status: z.optional(purchaseStatusSchema),
  limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, `must be a number from 1 to ${MOST}`))),
  cursor: z.optional(z.string().check(z.regex(/^\d-\d+-[0-9A-Z]{10}$/, 'is none that was answered'))),
});
type Query = z.output<typeof querySchema>;

export interface FindDependencies {
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly seats: Pick<SeatRepository, 'ownerOf'>;
  readonly purchases: Pick<
    PurchaseRepository,
    'find' | 'findByReference' | 'findAll' | 'idsByEmail' | 'idsOfEvent'
  >;
  readonly addresses: Pick<AddressHashes, 'every'>;
  readonly gateway: () => Promise<Pick<PaymentGateway, 'readFees'>>;
}

/**
 * Purchases of an event: the one of a seat or a reference, those of an address, or all, page by page. What is asked for beside that
 * filters them, so a page may have fewer than its limit, and there may be more all the same.
 *
 * @throws Problem EventNotFound, SeatNotFound
 */
export async function findPurchases(
  eventId: string,
  query: Query,
  { events, seats, purchases, addresses }: Omit<FindDependencies, 'gateway'>,
): Promise<{ readonly found: readonly Purchase[]; readonly next?: string }> {
  const layout = isEventId(eventId) ? await events.findLayout(eventId) : undefined;
  if (!layout) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  const { seat: seatId, email, status, limit = MOST, cursor } = query;
  const { among, next } = await candidates();
  return { found: among.filter(isWanted), ...(next !== undefined && { next }) };

  async function candidates(): Promise<{ among: readonly Purchase[]; next?: string }> {
    if (query.reference !== undefined) return { among: await purchases.findByReference(query.reference) };
    if (seatId !== undefined) {
      const seat = findSeat(layout!, seatId);
      if (!seat) throw new Problem('SeatNotFound', `The event has no seat ${seatId}.`);
      const owner = await seats.ownerOf(eventId, seat);
      const purchase = owner === undefined ? undefined : await purchases.find(owner);
      return { among: purchase ? [purchase] : [] };
    }
    if (email !== undefined) {
      const ids = await purchases.idsByEmail(await addresses.every(email));
      return { among: await purchases.findAll(ids) };
    }
    const page = await purchases.idsOfEvent(eventId, { limit: Number(limit), after: cursor });
    return { among: await purchases.findAll(page.ids), ...(page.next !== undefined && { next: page.next }) };
  }

  function isWanted({ buyer, ...purchase }: Purchase): boolean {
    return (
      purchase.eventId === eventId &&
      (status === undefined || purchase.status === status) &&
      (seatId === undefined || purchase.seats.some((each) => each.seatId === seatId)) &&
      (email === undefined || (buyer !== undefined && isSameAddress(buyer.email, email)))
    );
  }
}

function asFound(purchase: Purchase): FoundPurchase {
  const { purchaseId: _, authenticateBy: _by, ...answer } = purchaseAnswer(purchase);
  const { buyer, refunded, admitted, dispute, createdAt } = purchase;
  return {
    ...answer,
    createdAt: timeText(createdAt),
    ...(buyer && {
      buyer: { name: buyer.name, email: buyer.email, ...(buyer.phone && { phone: buyer.phone }) },
    }),
    ...(refunded !== undefined && { refunded }),
    ...(admitted !== undefined && { admitted }),
    ...(dispute && { disputed: true as const }),
  };
}

/** What Stripe has kept of each payment, by reference; nothing of what it cannot say. */
async function feesOf(
  found: readonly Purchase[],
  gateway: FindDependencies['gateway'],
): Promise<Map<string, Fees>> {
  const fees = new Map<string, Fees>();
  const paid = found.filter(({ paymentIntentId }) => paymentIntentId !== undefined);
  if (paid.length === 0) return fees;
  const payments = await gateway();
  await sideBySide(READ_AT_ONCE, paid, async ({ purchaseId, paymentIntentId }) => {
    const read = await payments.readFees(paymentIntentId!);
    if (read) fees.set(referenceOf(purchaseId), read);
  });
  return fees;
}

function wantsCsv({ headers }: APIGatewayProxyEvent): boolean {
  return /\btext\/csv\b/i.test(headersNamed(headers, 'accept')[0] ?? '');
}

/**
 * `GET /events/{eventId}/purchases`, IAM-signed, optionally `?seat=…`, `?reference=…`, `?email=…`, `?status=…`, `?limit=…` and
 * `?cursor=…`: JSON, or with `Accept: text/csv` a table for the door and the books.
 */
export const handler = route({
  name: 'FindPurchases',
  connect: (): FindDependencies => {
    const client = documentClient();
    const { events, seats } = connectEvent(client);
    return {
      ...{ events, seats, gateway: connectGateway },
      purchases: connectPurchases(client),
      addresses: connectAddressHashes(),
    };
  },
  answer: async (event, dependencies): Promise<APIGatewayProxyResult> => {
    const eventId = event.pathParameters?.['eventId'] ?? '';
    const query = parse(querySchema, event.queryStringParameters ?? {});
    const { found, next } = await findPurchases(eventId, query, dependencies);
    const purchases = found.map(asFound);
    if (!wantsCsv(event)) {
      return json(200, {
        ...{ eventId, purchases },
        ...(next !== undefined && { nextCursor: next }),
      } satisfies FoundPurchases);
    }
    const body = purchasesCsv(purchases, await feesOf(found, dependencies.gateway));
    const answer = json(200, {}, 'text/csv; charset=utf-8');
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'Content-Disposition': `attachment; filename="purchases-${eventId}.csv"`,
        ...(next !== undefined && { 'X-Next-Cursor': next }),
      },
      body,
    };
  },
});
