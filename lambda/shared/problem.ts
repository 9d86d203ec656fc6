import { OwnError } from './own-error';

/**
 * Everything the API can refuse, in one table.
 *
 * The key is the error's name: steps throw it, the saga's catches match it, and the mapping template of
 * `POST /purchases` (generated from this table) turns it into an RFC 9457 problem. `detail` is what the client reads
 * when the error brings no words of its own that are fit for a client.
 */
export const PROBLEMS = {
  ValidationFailed: {
    status: 400,
    code: 'VALIDATION',
    title: 'The request is not valid',
    detail: 'The request does not have the documented shape.',
  },
  SignatureInvalid: {
    status: 400,
    code: 'SIGNATURE_INVALID',
    title: 'The signature is not valid',
    detail:
      'The request is not signed with a secret of this endpoint, or its signature is not of this moment.',
  },
  PaymentDeclined: {
    status: 402,
    code: 'PAYMENT_DECLINED',
    title: 'The payment was declined',
    detail: 'The card was declined. Nothing was charged and the seats are free again.',
  },
  PaymentActionRequired: {
    status: 402,
    code: 'PAYMENT_ACTION_REQUIRED',
    title: 'The payment needs the buyer to act',
    detail:
      'The card asks for authentication (3-D Secure). Nothing was charged and the seats are free again.',
  },
  AuthenticationFailed: {
    status: 402,
    code: 'AUTHENTICATION_FAILED',
    title: 'The authentication failed',
    detail:
      "The card's bank could not authenticate the buyer. Nothing was charged and the seats are free again.",
  },
  EventNotFound: {
    status: 404,
    code: 'EVENT_NOT_FOUND',
    title: 'There is no such event',
    detail: 'There is no event with this id.',
  },
  SeatNotFound: {
    status: 404,
    code: 'SEAT_NOT_FOUND',
    title: 'There is no such seat',
    detail: 'The event has no seat with this id.',
  },
  PurchaseNotFound: {
    status: 404,
    code: 'PURCHASE_NOT_FOUND',
    title: 'There is no such purchase',
    detail: 'There is no purchase with this id.',
  },
  OrderNotFound: {
    status: 404,
    code: 'ORDER_NOT_FOUND',
    title: 'There is no such order',
    detail: 'There is no order with this id.',
  },
  ExtraNotFound: {
    status: 404,
    code: 'EXTRA_NOT_FOUND',
    title: 'There is no such extra',
    detail: 'The event has no extra with this id.',
  },
  EventNotCancelled: {
    status: 404,
    code: 'EVENT_NOT_CANCELLED',
    title: 'The event is not cancelled',
    detail: 'Nobody has cancelled the event.',
  },
  TicketNotFound: {
    status: 404,
    code: 'TICKET_NOT_FOUND',
    title: 'There is no ticket',
    detail: 'The purchase failed, so there is no ticket.',
  },
  SaleClosed: {
    status: 409,
    code: 'SALE_CLOSED',
    title: 'The event is not on sale',
    detail: 'The event is not on sale at this moment. Nothing was charged and no seat is held.',
  },
  SeatUnavailable: {
    status: 409,
    code: 'SEAT_UNAVAILABLE',
    title: 'A seat is taken',
    detail: 'A chosen seat is held or sold.',
  },
  OutOfStock: {
    status: 409,
    code: 'OUT_OF_STOCK',
    title: 'There is not enough left',
    detail: 'There is not enough left of an extra. Nothing was charged.',
  },
  PriceChanged: {
    status: 409,
    code: 'PRICE_CHANGED',
    title: 'The price has changed',
    detail: 'The seats cost something else now. Nothing was charged and no seat is held.',
  },
  PurchaseInProgress: {
    status: 409,
    code: 'PURCHASE_IN_PROGRESS',
    title: 'The purchase is still running',
    detail: 'A purchase with this idempotency key is still running. Ask for its status in a moment.',
  },
  NothingToAuthenticate: {
    status: 409,
    code: 'NOTHING_TO_AUTHENTICATE',
    title: 'No bank is waiting for the buyer',
    detail: 'This purchase does not wait for its buyer. Ask for its status.',
  },
  AlreadyConfirmed: {
    status: 409,
    code: 'ALREADY_CONFIRMED',
    title: 'The purchase is confirmed',
    detail: 'The tickets are bought: the purchase can no longer be given up.',
  },
  AlreadyAdmitted: {
    status: 409,
    code: 'ALREADY_ADMITTED',
    title: 'The ticket has let somebody in',
    detail: 'This ticket has let somebody in already.',
  },
  OtherEvent: {
    status: 409,
    code: 'OTHER_EVENT',
    title: 'The ticket is for another event',
    detail: 'This is a ticket of ours, for another event.',
  },
  NotCancellable: {
    status: 409,
    code: 'NOT_CANCELLABLE',
    title: 'The purchase cannot be cancelled',
    detail: 'The purchase has failed: there is nothing to cancel.',
  },
  /** A purchase that failed for a reason this version does not know: a newer one wrote its record. */
  PurchaseFailed: {
    status: 409,
    code: 'PURCHASE_FAILED',
    title: 'The purchase has failed',
    detail: 'The purchase with this idempotency key has failed. Use a new key for a new purchase.',
  },
  EventChanged: {
    status: 409,
    code: 'EVENT_CHANGED',
    title: 'The event was replaced by somebody else',
    detail: 'Another request replaced the event at the same time. Look at it, then send yours again.',
  },
  StockTaken: {
    status: 409,
    code: 'STOCK_TAKEN',
    title: 'More is reserved or sold',
    detail: 'More of an extra is reserved or sold than there were to be.',
  },
  EventCancelled: {
    status: 409,
    code: 'EVENT_CANCELLED',
    title: 'The event is cancelled',
    detail: 'The event was cancelled, for good: put a new one under another id.',
  },
  AuthenticationExpired: {
    status: 410,
    code: 'AUTHENTICATION_EXPIRED',
    title: 'The time to answer the bank is over',
    detail: 'The time to answer the bank ran out. Nothing was charged and the seats are free again.',
  },
  Abandoned: {
    status: 410,
    code: 'ABANDONED',
    title: 'The purchase was given up',
    detail: 'The buyer gave the purchase up. Nothing was charged and the seats are free again.',
  },
  PurchaseCancelled: {
    status: 410,
    code: 'PURCHASE_CANCELLED',
    title: 'The purchase is cancelled',
    detail: 'The purchase was cancelled: its tickets are not valid any more.',
  },
  TicketNotValid: {
    status: 422,
    code: 'TICKET_NOT_VALID',
    title: 'The ticket is not valid',
    detail: 'The code is not that of a valid ticket: reason says why.',
  },
  IdempotencyKeyReused: {
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'The idempotency key was used before',
    detail: 'This idempotency key came with another body before. Use a new key for a new purchase.',
  },
  TooManyRequests: {
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    title: 'Too many requests',
    detail: 'Too many requests at this moment. Please retry in a few seconds.',
  },
  TooManyUnpaidSeats: {
    status: 429,
    code: 'TOO_MANY_UNPAID_SEATS',
    title: 'Too many seats are held unpaid',
    detail:
      'Too many seats of this event are held from your network without being paid for. Nothing was charged, and this purchase holds no seat. Please try again in a few minutes.',
    retryAfter: 60,
  },
  TooManyUnpaidExtras: {
    status: 429,
    code: 'TOO_MANY_UNPAID_EXTRAS',
    title: 'Too many extras are held unpaid',
    detail:
      'Too many extras of this event are held from your network without being paid for. Nothing was charged. Please order fewer at once, or try again in a few minutes.',
    retryAfter: 60,
  },
  PaymentNotPossible: {
    status: 502,
    code: 'PAYMENT_NOT_POSSIBLE',
    title: 'The seats cannot be paid for at present',
    detail:
      'The seats cannot be paid for at present. The fault is ours, and we know of it. Money already taken is being given back.',
  },
  ReservationFailed: {
    status: 503,
    code: 'RESERVATION_FAILED',
    title: 'The seats could not be held',
    detail: 'Error, please retry. Nothing was charged and no seat is held.',
  },
  PaymentUnavailable: {
    status: 503,
    code: 'PAYMENT_UNAVAILABLE',
    title: 'The payment could not be made',
    detail:
      'Error, please retry. The payment service did not answer; money already taken is being given back.',
  },
  OrderInterrupted: {
    status: 503,
    code: 'ORDER_INTERRUPTED',
    title: 'The order was interrupted',
    detail: 'Error, please order again. Money already taken was given back.',
  },
  CheckoutInterrupted: {
    status: 503,
    code: 'CHECKOUT_INTERRUPTED',
    title: 'The checkout was interrupted',
    detail: 'Error, please retry. Money already taken was given back and the seats are free again.',
  },
  TicketFailed: {
    status: 503,
    code: 'TICKET_FAILED',
    title: 'The ticket could not be made',
    detail: 'Error, please retry. The payment is being given back and the seats are free again.',
  },
  OutcomeUnknown: {
    status: 504,
    code: 'OUTCOME_UNKNOWN',
    title: 'The purchase did not finish in time',
    detail: 'The purchase may still be running. Ask for its status: it is settled within minutes.',
  },
} as const satisfies Record<string, ProblemRow & { code: string; title: string; detail: string }>;

interface ProblemRow {
  readonly status: number;
  /** Seconds. @default 2 for a status that has the header at all */
  readonly retryAfter?: number;
}

export type ProblemName = keyof typeof PROBLEMS;
export type ProblemCode = (typeof PROBLEMS)[ProblemName]['code'];

/** What a problem's body says beside the words, where a program needs it. */
interface ProblemMembers {
  /** The price of this moment, in minor units. */
  readonly PriceChanged: { readonly amount: number; readonly currency: string };
  /** When and where it has. */
  readonly AlreadyAdmitted: { readonly admittedAt: string; readonly gate: string };
  /** What `POST /ticket-checks` would give as its reason. */
  readonly TicketNotValid: { readonly reason: string };
}
type MembersOf<Name extends ProblemName> = Name extends keyof ProblemMembers ? ProblemMembers[Name] : never;

/**
 * A refusal that the client is told. `message` is the problem's `detail`: it names no person, no ARN, no cause. A route
 * throws it; a step returns it, so that the compiler sees what the step refuses (`lambda/shared/step.ts`).
 */
export class Problem<Name extends ProblemName = ProblemName> extends OwnError {
  constructor(
    override readonly name: Name,
    detail: string = PROBLEMS[name].detail,
    readonly members?: MembersOf<Name>,
  ) {
    super(detail);
  }

  get code(): ProblemCode {
    return PROBLEMS[this.name].code;
  }
}

export function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(PROBLEMS, name);
}

/** The RFC 9457 body of a problem, served as `application/problem+json`. */
export function problemBody(name: ProblemName, detail: string, purchaseId?: string) {
  const { status, code, title } = PROBLEMS[name];
  return { type: problemType(code), title, status, detail, code, ...(purchaseId && { purchaseId }) };
}

/** What the URI of every problem begins with; the code follows, in small letters. */
export const PROBLEM_TYPE = 'urn:eventpro:problem:';

/** A URI that names the problem. It is not a page: RFC 9457 asks for an identifier. */
export function problemType(code: string): string {
  return `${PROBLEM_TYPE}${code.toLowerCase().replaceAll('_', '-')}`;
}

/** Seconds after which a client that was refused so may ask again: the header `Retry-After`. */
export function retryAfterSeconds({ status, retryAfter }: ProblemRow): number | undefined {
  return retryAfter ?? (status === 429 || status === 503 ? 2 : undefined);
}
