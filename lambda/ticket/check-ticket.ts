import type * as z from 'zod/mini';
import { isCancelled } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../shared/reference';
import { json, route } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { parse, parseJson } from '../shared/validation';
import { type TicketCheck, ticketCheckRequestSchema } from './ticket-answers';
import { readTicketCode, type TicketCodeReading } from './ticket-code';
import { connectTicketKeys, type TicketKeys } from './ticket-keys';

/** Seconds. A key that is unknown may be new: the keys are then read again, but not at each such code. */
const UNKNOWN_KEY_MAX_AGE = 10;

interface Dependencies {
  readonly ticketKeys: TicketKeys;
  readonly purchases: PurchaseRepository;
}

/**
 * Whether a scanned code is valid: signed by us, for the gate's event if the gate names one, and for a seat of a confirmed
 * purchase. It does not record admissions: the gate does.
 */
export async function checkTicket(
  { code, eventId: gateEventId }: z.output<typeof ticketCheckRequestSchema>,
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
  if (isCancelled(purchase)) return { valid: false, reason: 'PURCHASE_CANCELLED', ...ticket };
  if (purchase.status !== 'CONFIRMED') return { valid: false, reason: 'PURCHASE_NOT_CONFIRMED', ...ticket };
  const sold = purchase.eventId === eventId && purchase.seats.some((seat) => seat.seatId === seatId);
  return sold ? { valid: true, ...ticket } : { valid: false, reason: 'SEAT_NOT_OF_PURCHASE', ...ticket };

  async function read(maxAge?: number): Promise<TicketCodeReading> {
    const keys = await ticketKeys.verifying(maxAge);
    return readTicketCode(code, new Map(keys.map(({ kid, publicKey }) => [kid, publicKey])));
  }
}

/** `POST /ticket-checks` `{"code", "eventId"?}`, signed with IAM credentials. A code that is not valid is an answer, not an error. */
export const handler = route({
  name: 'CheckTicket',
  connect: (): Dependencies => ({
    ticketKeys: connectTicketKeys(),
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
  }),
  answer: async ({ body }, dependencies) =>
    json(200, await checkTicket(parse(ticketCheckRequestSchema, parseJson(body)), dependencies)),
});
