import type * as z from 'zod/mini';
import { cancellationRequestSchema } from '../../lambda/purchase/cancellation';
import {
  cancelledPurchaseSchema,
  erasureRequestSchema,
  erasureSchema,
  foundPurchasesSchema,
  messageAnswerSchema,
  messageRequestSchema,
} from '../../lambda/buyer/buyer-answers';
import {
  eventListSchema,
  eventPutSchema,
  layoutAnswerSchema,
  seatMapSchema,
} from '../../lambda/event/event-answers';
import { eventLayoutSchema } from '../../lambda/event/event-layout';
import { extrasRequestSchema, extrasSchema } from '../../lambda/order/extra';
import { orderRequestSchema } from '../../lambda/order/order';
import { ORDER } from '../../lambda/order/outcomes';
import { orderAcceptedSchema, orderAnswerSchema } from '../../lambda/order/order-answer';
import { emptyRequestSchema, purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { authenticationSchema, purchaseAnswerSchema } from '../../lambda/purchase/purchase-answer';
import { stripeEventSchema } from '../../lambda/stripe-events/stripe-event';
import {
  eventCancellationRequestSchema,
  eventCancellationSchema,
} from '../../lambda/event-cancellation/event-cancellation-answers';
import { problemsOf } from '../../lambda/shared/outcomes';
import { type ProblemName } from '../../lambda/shared/problem';
import {
  admissionRequestSchema,
  admissionSchema,
  revocationsSchema,
  ticketCheckRequestSchema,
  ticketCheckSchema,
  ticketKeysSchema,
} from '../../lambda/ticket/ticket-answers';
import { CANCELLATION_PROBLEMS, CHECKOUT_PROBLEMS } from './purchase-templates';

/** What bodies and answers are made of, by the names that the document gives them: the schemas that validate. */
export const BODIES = {
  PurchaseRequest: purchaseRequestSchema,
  MessageRequest: messageRequestSchema,
  ErasureRequest: erasureRequestSchema,
  EmptyRequest: emptyRequestSchema,
  CancellationRequest: cancellationRequestSchema,
  EventLayout: eventLayoutSchema,
  EventCancellationRequest: eventCancellationRequestSchema,
  ExtrasRequest: extrasRequestSchema,
  OrderRequest: orderRequestSchema,
  TicketCheckRequest: ticketCheckRequestSchema,
  AdmissionRequest: admissionRequestSchema,
  StripeEvent: stripeEventSchema,
} as const satisfies Record<string, z.ZodMiniType>;

export const ANSWERS = {
  Purchase: purchaseAnswerSchema,
  CancelledPurchase: cancelledPurchaseSchema,
  FoundPurchases: foundPurchasesSchema,
  TicketsSent: messageAnswerSchema,
  Erasure: erasureSchema,
  Authentication: authenticationSchema,
  EventList: eventListSchema,
  SeatMap: seatMapSchema,
  Layout: layoutAnswerSchema,
  EventPut: eventPutSchema,
  EventCancellation: eventCancellationSchema,
  Extras: extrasSchema,
  OrderAccepted: orderAcceptedSchema,
  Order: orderAnswerSchema,
  TicketKeys: ticketKeysSchema,
  TicketCheck: ticketCheckSchema,
  Admission: admissionSchema,
  Revocations: revocationsSchema,
} as const satisfies Record<string, z.ZodMiniType>;

/** Who calls signed routes. Each is an IAM policy of exactly its routes (`role-policies.ts`). */
export const ROLES = {
  organiser: 'Puts events, finds and cancels purchases, and lets buyers go',
  gate: 'Checks tickets and lets people in',
} as const;
export type RoleName = keyof typeof ROLES;

export interface Answer {
  readonly description: string;
  /** @default no body */
  readonly body?: keyof typeof ANSWERS | { readonly type: 'object' | 'string' };
  /** @default application/json */
  readonly mediaType?: string;
  /** Media types of texts that it may be asked for as, by `Accept`. @default that one alone */
  readonly alsoAs?: readonly string[];
  /** Headers that clients need, beside the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly summary: string;
  /** The request must be signed with IAM credentials (SigV4), of somebody who has one of these roles. @default anybody may ask */
  readonly signed?: readonly [RoleName, ...RoleName[]];
  /** The function itself refuses requests that the sender has not signed: no limit per address, no limit to the body. @default false */
  readonly webhook?: true;
  /** The path may name the purchase by its reference, too. @default by its id alone */
  readonly byReference?: true;
  /** What answers it. @default none: `direct` */
  readonly function?: { readonly name: string; readonly entry: string; readonly timeoutSeconds: number };
  /** API Gateway answers it with no function in between, so it takes JSON alone. @default a function answers */
  readonly direct?: true;
  readonly body?: keyof typeof BODIES;
  /** What each means, by name: all are texts, and may be left out. */
  readonly query?: Readonly<Record<string, string>>;
  /** What each means, by name: they may be left out. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** Those that must be there. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly format?: 'uuid' }>>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** What the route itself refuses, beside what API Gateway refuses before it. */
  readonly problems: readonly ProblemName[];
}

const HTML = { body: { type: 'string' }, mediaType: 'text/html' } as const;

const UNSUBSCRIBE = {
  name: 'Unsubscribe',
  entry: 'lambda/unsubscription/unsubscribe.ts',
  timeoutSeconds: 10,
} as const;

const CONFIRMED = { description: 'The confirmed purchase', body: 'Purchase' } as const;
const AWAITING = {
  description: 'The bank wants the buyer: the seats are held until authenticateBy',
  body: 'Purchase',
  headers: { Location: 'Where the purchase is, seen from this route' },
} as const;

/**
 * The routes of the API: the one table from which API Gateway gets its methods, and the OpenAPI document its operations. A
 * route without a row here does not compile.
 */
export const ROUTES = {
  'POST /purchases': {
    summary: 'Buys tickets: holds the seats, takes the payment, makes the tickets, tells the buyer',
    direct: true,
    body: 'PurchaseRequest',
    headers: {
      'Idempotency-Key': {
        description:
          'A UUID of the client, new for each purchase, and its id. The same key with the same body gets the same answer',
        format: 'uuid',
      },
    },
    answers: { 201: CONFIRMED, 202: AWAITING },
    problems: CHECKOUT_PROBLEMS['POST /purchases'],
  },
  'GET /purchases/{purchaseId}/authentication': {
    function: {
      name: 'GetAuthentication',
      entry: 'lambda/payment/get-authentication.ts',
      timeoutSeconds: 10,
    },
    summary: "What the buyer's page needs to let the bank ask the buyer",
    answers: { 200: { description: 'The secret of the payment', body: 'Authentication' } },
    problems: ['PurchaseNotFound', 'NothingToAuthenticate'],
  },
  'POST /purchases/{purchaseId}/authentication': {
    summary: 'Goes on with a purchase whose buyer has answered the bank',
    direct: true,
    body: 'EmptyRequest',
    answers: { 201: CONFIRMED, 202: AWAITING },
    problems: CHECKOUT_PROBLEMS['POST /purchases/{purchaseId}/authentication'],
  },
  'POST /purchases/{purchaseId}/abandonment': {
    summary: 'Gives up a purchase that waits for its buyer: the seats are free at once',
    direct: true,
    body: 'EmptyRequest',
    answers: { 200: { description: 'The purchase, FAILED', body: 'Purchase' } },
    problems: CHECKOUT_PROBLEMS['POST /purchases/{purchaseId}/abandonment'],
  },
  'POST /purchases/{purchaseId}/cancellation': {
    summary:
      'Cancels a purchase: its tickets stop being valid, the agreed money goes back, its seats are free again',
    signed: ['organiser'],
    direct: true,
    body: 'CancellationRequest',
    byReference: true,
    answers: { 200: { description: 'The purchase, CANCELLED', body: 'CancelledPurchase' } },
    problems: CANCELLATION_PROBLEMS,
  },
  'GET /purchases/{purchaseId}': {
    function: { name: 'GetPurchase', entry: 'lambda/purchase/get-purchase.ts', timeoutSeconds: 10 },
    summary: 'Shows a purchase with its status and, if it failed, why',
    answers: { 200: { description: 'The purchase', body: 'Purchase' } },
    problems: ['PurchaseNotFound'],
  },
  'GET /purchases/{purchaseId}/ticket': {
    function: { name: 'GetTicket', entry: 'lambda/ticket/get-ticket.ts', timeoutSeconds: 10 },
    summary: 'Leads to the PDF of the tickets',
    answers: {
      302: {
        description: 'The PDF is at a link that dies in minutes',
        headers: { Location: 'The presigned link' },
      },
    },
    problems: ['PurchaseNotFound', 'TicketNotFound', 'PurchaseInProgress', 'PurchaseCancelled'],
  },
  'GET /unsubscriptions/{token}': {
    function: UNSUBSCRIBE,
    summary: 'Asks, as a page, whether somebody who gets marketing by e-mail wants no more of it',
    answers: {
      200: { description: 'A page with a button', ...HTML },
      404: { description: 'A page: the token is none of ours', ...HTML },
    },
    problems: [],
  },
  'POST /unsubscriptions/{token}': {
    function: UNSUBSCRIBE,
    summary:
      'Unsubscribes from marketing, whatever the body says: the button of the page, or of a mail program (RFC 8058)',
    // Mail programs ask by servers of their own, which unsubscribe many from few addresses.
    webhook: true,
    answers: {
      200: { description: 'A page: there will be no more. Also said again', ...HTML },
      404: { description: 'A page: the token is none of ours', ...HTML },
    },
    problems: [],
  },
  'POST /stripe-events': {
    function: {
      name: 'ReceiveStripeEvent',
      entry: 'lambda/stripe-events/receive-stripe-event.ts',
      timeoutSeconds: 20,
    },
    summary: 'Stripe tells that something has become of a payment',
    webhook: true,
    headers: {
      'Stripe-Signature': {
        description: 'HMAC-SHA256 of the time and the body, by the secret that Stripe has for this endpoint',
      },
    },
    body: 'StripeEvent',
    answers: {
      200: { description: 'What there was to be done is done, or under way', body: { type: 'object' } },
    },
    problems: ['ValidationFailed', 'SignatureInvalid', 'PurchaseInProgress'],
  },
  'GET /events': {
    function: { name: 'ListEvents', entry: 'lambda/event/list-events.ts', timeoutSeconds: 10 },
    summary: 'Lists the events',
    answers: { 200: { description: 'The events, without their seats', body: 'EventList' } },
    problems: [],
  },
  'GET /events/{eventId}/seats': {
    function: { name: 'GetSeatMap', entry: 'lambda/event/get-seat-map.ts', timeoutSeconds: 10 },
    summary: 'Shows the seats of an event, each with its price and status',
    query: {
      section: 'This section alone',
      cursor: 'What an answer gave as nextCursor: the seats after it',
      after: 'Any text: an answer of its own for whoever wants no cached one',
    },
    answers: { 200: { description: 'The seat map', body: 'SeatMap' } },
    problems: ['ValidationFailed', 'EventNotFound'],
  },
  'GET /events/{eventId}/layout': {
    function: { name: 'GetLayout', entry: 'lambda/event/get-layout.ts', timeoutSeconds: 10 },
    summary: 'Shows an event as PUT takes it, to be changed and put again',
    signed: ['organiser'],
    answers: {
      200: {
        description: 'The event, its times in UTC',
        body: 'Layout',
        headers: { ETag: 'For If-Match, when it is put again' },
      },
    },
    problems: ['EventNotFound'],
  },
  'PUT /events/{eventId}': {
    function: { name: 'PutEvent', entry: 'lambda/event/put-event.ts', timeoutSeconds: 20 },
    summary: 'Creates an event or replaces it; answers when the new prices are in force everywhere',
    signed: ['organiser'],
    query: { notify: 'buyers: each buyer is told of what has changed, and gets a new ticket' },
    conditions: {
      'If-Match':
        "The ETag of the event's layout: refused with EVENT_CHANGED where somebody has put it since",
      'If-None-Match': '*: refused with EVENT_CHANGED where there is such an event',
    },
    body: 'EventLayout',
    answers: {
      200: { description: 'The event is replaced', body: 'EventPut' },
      201: { description: 'The event is created', body: 'EventPut' },
    },
    problems: ['ValidationFailed', 'SeatUnavailable', 'EventChanged', 'EventCancelled'],
  },
  'PUT /events/{eventId}/extras': {
    function: { name: 'PutExtras', entry: 'lambda/order/put-extras.ts', timeoutSeconds: 10 },
    summary:
      'Says what the event sells beside its seats, with prices and stock; what is left out is for sale no more',
    signed: ['organiser'],
    body: 'ExtrasRequest',
    answers: { 200: { description: 'The extras as they are now', body: 'Extras' } },
    problems: ['ValidationFailed', 'EventNotFound', 'StockTaken', 'EventChanged', 'EventCancelled'],
  },
  'GET /events/{eventId}/extras': {
    function: { name: 'ListExtras', entry: 'lambda/order/list-extras.ts', timeoutSeconds: 10 },
    summary: 'Lists what the event sells beside its seats, with what is left of each',
    answers: { 200: { description: 'The extras', body: 'Extras' } },
    problems: ['EventNotFound'],
  },
  'POST /orders': {
    function: { name: 'PostOrder', entry: 'lambda/order/post-order.ts', timeoutSeconds: 10 },
    summary: 'Orders extras of an event: answers at once, and the order goes on by itself',
    body: 'OrderRequest',
    headers: {
      'Idempotency-Key': {
        description:
          'A UUID of the client, new for each order, and its id. The same key with the same body is the same order',
        format: 'uuid',
      },
    },
    answers: {
      202: {
        description: 'The order is written down. Said again, the order as it is now',
        body: 'OrderAccepted',
        headers: { Location: 'Where the order is, seen from this route' },
      },
    },
    problems: ['ValidationFailed', 'IdempotencyKeyReused'],
  },
  'GET /orders/{orderId}': {
    function: { name: 'GetOrder', entry: 'lambda/order/get-order.ts', timeoutSeconds: 10 },
    summary: 'Shows an order with its status and, if it failed, why',
    answers: { 200: { description: 'The order', body: 'Order' } },
    problems: ['OrderNotFound'],
  },
  'GET /orders/{orderId}/authentication': {
    function: {
      name: 'GetOrderAuthentication',
      entry: 'lambda/order/get-order-authentication.ts',
      timeoutSeconds: 10,
    },
    summary: "What the buyer's page needs to let the bank ask",
    answers: { 200: { description: 'The secret of the payment', body: 'Authentication' } },
    problems: ['OrderNotFound', 'NothingToAuthenticate'],
  },
  'POST /orders/{orderId}/authentication': {
    function: {
      name: 'PostOrderAuthentication',
      entry: 'lambda/order/post-order-authentication.ts',
      timeoutSeconds: 15,
    },
    summary: 'Goes on with an order whose buyer has answered the bank',
    body: 'EmptyRequest',
    answers: {
      201: { description: 'The confirmed order', body: 'Order' },
      202: {
        description: 'It goes on, or the bank has not answered yet',
        body: 'Order',
        headers: { Location: 'Where the order is, seen from this route' },
      },
    },
    problems: [...problemsOf(ORDER), 'OutOfStock'],
  },
  'POST /events/{eventId}/cancellation': {
    function: {
      name: 'PostEventCancellation',
      entry: 'lambda/event-cancellation/post-event-cancellation.ts',
      timeoutSeconds: 20,
    },
    summary:
      'Cancels an event for good; answers when its sale is closed everywhere. Its purchases are cancelled one after another, and their buyers told',
    signed: ['organiser'],
    body: 'EventCancellationRequest',
    answers: {
      202: {
        description:
          'The event is cancelled, and its purchases are being cancelled. Said again, the first message stands',
        body: 'EventCancellation',
        headers: { Location: 'Where to see how far it has come, seen from this route' },
      },
    },
    problems: ['ValidationFailed', 'EventNotFound'],
  },
  'GET /events/{eventId}/cancellation': {
    function: {
      name: 'GetEventCancellation',
      entry: 'lambda/event-cancellation/get-event-cancellation.ts',
      timeoutSeconds: 20,
    },
    summary: 'Shows how far the cancellation of an event has come',
    signed: ['organiser'],
    answers: { 200: { description: 'How far it has come', body: 'EventCancellation' } },
    problems: ['EventNotCancelled'],
  },
  'GET /ticket-keys': {
    function: { name: 'GetTicketKeys', entry: 'lambda/ticket/get-ticket-keys.ts', timeoutSeconds: 10 },
    summary: 'The public keys that tickets are signed with',
    answers: {
      200: { description: 'A JWK set', body: 'TicketKeys', mediaType: 'application/jwk-set+json' },
    },
    problems: [],
  },
  'POST /ticket-checks': {
    function: { name: 'CheckTicket', entry: 'lambda/ticket/check-ticket.ts', timeoutSeconds: 10 },
    summary: 'Says whether the code of a ticket is valid',
    signed: ['gate'],
    body: 'TicketCheckRequest',
    answers: { 200: { description: 'Whether the code is valid, and why not', body: 'TicketCheck' } },
    problems: ['ValidationFailed'],
  },
  'POST /admissions': {
    function: { name: 'AdmitTicket', entry: 'lambda/ticket/admit-ticket.ts', timeoutSeconds: 10 },
    summary: 'Lets somebody in, once for each code of a ticket',
    signed: ['gate'],
    body: 'AdmissionRequest',
    answers: { 200: { description: 'Let them in', body: 'Admission' } },
    problems: ['ValidationFailed', 'AlreadyAdmitted', 'OtherEvent', 'PurchaseCancelled', 'TicketNotValid'],
  },
  'GET /events/{eventId}/revocations': {
    function: { name: 'ListRevocations', entry: 'lambda/ticket/list-revocations.ts', timeoutSeconds: 10 },
    summary: 'Lists the purchases whose tickets are not valid any more, for gates without a network',
    signed: ['gate'],
    query: {
      since: 'The asOf of an answer before: what was revoked since then, or little before it',
      limit: 'At most so many, up to 1000',
      cursor: 'What an answer gave as nextCursor: those after it',
    },
    answers: { 200: { description: 'The revoked purchases, the oldest first', body: 'Revocations' } },
    problems: ['ValidationFailed', 'EventNotFound'],
  },
  'GET /events/{eventId}/purchases': {
    function: { name: 'FindPurchases', entry: 'lambda/buyer/find-purchases.ts', timeoutSeconds: 28 },
    summary:
      'Finds purchases of an event: by seat, reference, e-mail address or status, or all; as JSON, or with Accept: text/csv as a table for the door and the books',
    signed: ['organiser'],
    query: {
      seat: 'Who has this seat now',
      reference: 'As it is printed on the ticket',
      email: 'The address that the buyer has given',
      status: 'Those alone that have this status',
      limit: 'At most so many, up to 100; a page may have fewer, and more may follow all the same',
      cursor: 'What an answer gave as nextCursor, or a table in the header X-Next-Cursor',
    },
    answers: {
      200: {
        description:
          'The purchases, with their buyers and without their ids. As a table, its header X-Next-Cursor says where the next begins',
        body: 'FoundPurchases',
        alsoAs: ['text/csv'],
      },
    },
    problems: ['ValidationFailed', 'EventNotFound', 'SeatNotFound'],
  },
  'POST /purchases/{purchaseId}/messages': {
    function: { name: 'SendTickets', entry: 'lambda/buyer/send-tickets.ts', timeoutSeconds: 10 },
    summary:
      "Sends the tickets of a purchase again, by e-mail; with another address, that is the buyer's from now on",
    signed: ['organiser'],
    byReference: true,
    body: 'MessageRequest',
    answers: { 202: { description: 'They are on their way', body: 'TicketsSent' } },
    problems: [
      'ValidationFailed',
      'PurchaseNotFound',
      'PurchaseInProgress',
      'PurchaseCancelled',
      'TicketNotFound',
    ],
  },
  'POST /erasures': {
    function: { name: 'EraseBuyer', entry: 'lambda/buyer/erase-buyer.ts', timeoutSeconds: 28 },
    summary:
      'Lets the buyer of an address go: name, addresses and tickets. What is still due or owed stays, and is named',
    signed: ['organiser'],
    body: 'ErasureRequest',
    answers: { 200: { description: 'What is erased, and what is not', body: 'Erasure' } },
    problems: ['ValidationFailed'],
  },
  'GET /openapi.json': {
    summary: 'This document',
    direct: true,
    answers: { 200: { description: 'An OpenAPI document', body: { type: 'object' } } },
    problems: [],
  },
} as const satisfies Readonly<Record<`${Method} /${string}`, Route>>;

export type Method = 'GET' | 'POST' | 'PUT';
export type RouteName = keyof typeof ROUTES;

type AnsweredRow = Extract<(typeof ROUTES)[RouteName], { readonly function: unknown }>;

/** The functions that answer routes, by their names. */
export const ROUTE_FUNCTIONS = Object.fromEntries(
  Object.values<Route>(ROUTES).flatMap(({ function: answered }) =>
    answered ? [[answered.name, answered]] : [],
  ),
) as Record<AnsweredRow['function']['name'], NonNullable<Route['function']>>;

/** The row of a route, with its method and path apart. */
export function routeOf(name: RouteName): Route & { readonly method: Method; readonly path: string } {
  const [method, path] = name.split(' ') as [Method, string];
  return { ...ROUTES[name], method, path };
}

/** Every path with the methods that are served there. What is read by `GET` also answers to `HEAD`. */
export function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const { method, path } = routeOf(name);
    methods.set(path, [...(methods.get(path) ?? []), ...methodsOf(method)]);
  }
  return methods;
}

/** The routes whose callers prove who they are, a method each: what the firewall leaves alone. */
export function provenRoutes(): readonly { readonly method: string; readonly path: string }[] {
  return (Object.keys(ROUTES) as RouteName[])
    .map(routeOf)
    .filter(({ signed, webhook }) => signed || webhook)
    .flatMap(({ method, path }) => methodsOf(method).map((each) => ({ method: each, path })));
}

/** The public routes that go on with a purchase or an order, and begin none: what the firewall does not count as a try to buy. */
export function followUpRoutes(): readonly { readonly method: string; readonly path: string }[] {
  return (Object.keys(ROUTES) as RouteName[])
    .map(routeOf)
    .filter(({ method, signed, webhook }) => method === 'POST' && !signed && !webhook)
    .filter(({ path }) => path.includes('{purchaseId}') || path.includes('{orderId}'));
}

/** CloudFront lets `HEAD` through wherever it lets `GET` through: no behaviour can refuse it. */
export function methodsOf(method: Method): readonly string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}
