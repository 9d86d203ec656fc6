import * as z from 'zod/mini';
import { eventIdSchema, type PurchaseStatus } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../purchase/reference';
import { json, route } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { parse, parseJson } from '../shared/validation';
import { readTicketCode, type Refusal, type TicketCodeReading } from './ticket-code';
import { connectTicketKeys, type TicketKeys } from './ticket-keys';

/** What a QR code can hold at most: anything longer was not scanned. */
const MAX_CODE_LENGTH = 2_953;

/** Seconds. A key that is unknown may be new: the keys are then read again, but not at each such code. */
const UNKNOWN_KEY_MAX_AGE = 10;

const requestSchema = z.strictObject({
  code: z.string().check(z.minLength(1), z.maxLength(MAX_CODE_LENGTH)),
  /** The event at whose gate the code was scanned. */
  eventId: z.optional(eventIdSchema),
});

interface Dependencies {
  readonly ticketKeys: TicketKeys;
  readonly purchases: PurchaseRepository;
}

/** What the gate is told. The ids are there once the signature has proved them. */
export interface TicketCheck {
  readonly valid: boolean;
  readonly reason?:
    | Refusal
    /** A ticket of ours, for another event than the gate's. */
    | 'OTHER_EVENT'
    | 'PURCHASE_NOT_FOUND'
    | 'PURCHASE_NOT_CONFIRMED'
    | 'SEAT_NOT_OF_PURCHASE';
  readonly purchaseId?: string;
  readonly reference?: string;
  readonly eventId?: string;
  readonly seatId?: string;
  /** Of the purchase, as it is now. */
  readonly status?: PurchaseStatus;
}

/**
 * Whether a scanned code lets somebody in: signed by us, for this event if the gate says its own, and its seat still sold by
 * a purchase that stands. It does not remember who has come in: that is the gate's.
 */
export async function checkTicket(
  { code, eventId: gateEventId }: z.output<typeof requestSchema>,
  { ticketKeys, purchases }: Dependencies,
): Promise<TicketCheck> {
  let reading = await read();
  if (!reading.valid && reading.reason === 'UNKNOWN_KEY') reading = await read(UNKNOWN_KEY_MAX_AGE);
  if (!reading.valid) return reading;

  const { purchaseId, eventId, seatId } = reading.claims;
  const purchase = await purchases.find(purchaseId);
  const ticket = {
    ...{ purchaseId, reference: referenceOf(purchaseId), eventId, seatId },
    ...(purchase && { status: purchase.status }),
  };
  if (gateEventId !== undefined && gateEventId !== eventId) {
    return { valid: false, reason: 'OTHER_EVENT', ...ticket };
  }
  if (!purchase) return { valid: false, reason: 'PURCHASE_NOT_FOUND', ...ticket };
  if (purchase.status !== 'CONFIRMED') return { valid: false, reason: 'PURCHASE_NOT_CONFIRMED', ...ticket };
  const sold = purchase.eventId === eventId && purchase.seats.some((seat) => seat.seatId === seatId);
  return sold ? { valid: true, ...ticket } : { valid: false, reason: 'SEAT_NOT_OF_PURCHASE', ...ticket };

  async function read(maxAge?: number): Promise<TicketCodeReading> {
    const keys = await ticketKeys.verifying(maxAge);
    return readTicketCode(code, new Map(keys.map(({ kid, publicKey }) => [kid, publicKey])));
  }
}

/** `POST /ticket-checks` `{"code", "eventId"?}`, signed with IAM credentials. A code that is no good is an answer, not an error. */
export const handler = route({
  name: 'CheckTicket',
  connect: (): Dependencies => ({
    ticketKeys: connectTicketKeys(),
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
  }),
  answer: async ({ body }, dependencies) =>
    json(200, await checkTicket(parse(requestSchema, parseJson(body)), dependencies)),
});
