import { isCancelled, type Purchase, type PurchasedSeat } from '../purchase/purchase';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type TicketRefusal } from './ticket-answers';
import { readTicketCode, type TicketClaims, type TicketCodeReading } from './ticket-code';
import { type TicketKeys } from './ticket-keys';

/** Seconds. A key that is unknown may be new: the keys are then read again, but not at each such code. */
const UNKNOWN_KEY_MAX_AGE = 10;

export interface JudgeDependencies {
  readonly ticketKeys: TicketKeys;
  readonly purchases: PurchaseRepository;
}

export type JudgedTicket =
  | {
      readonly valid: true;
      readonly claims: TicketClaims;
      readonly purchase: Purchase;
      readonly seat: PurchasedSeat;
    }
  | {
      readonly valid: false;
      readonly reason: TicketRefusal;
      /** There if the signature is valid. */
      readonly claims?: TicketClaims;
      readonly purchase?: Purchase | undefined;
    };

/**
 * Whether a scanned code is valid: signed by us, for the gate's event, and for a seat of a confirmed purchase.
 *
 * @param gateEventId @default any event
 */
export async function judgeTicket(
  code: string,
  gateEventId: string | undefined,
  { ticketKeys, purchases }: JudgeDependencies,
): Promise<JudgedTicket> {
  let reading = await read();
  if (!reading.valid && reading.reason === 'UNKNOWN_KEY') reading = await read(UNKNOWN_KEY_MAX_AGE);
  if (!reading.valid) return reading;

  const { claims } = reading;
  const { purchaseId, eventId, seatId } = claims;
  const purchase = await purchases.find(purchaseId);
  const refused = (reason: TicketRefusal) => ({ valid: false, reason, claims, purchase }) as const;
  if (gateEventId !== undefined && gateEventId !== eventId) return refused('OTHER_EVENT');
  if (!purchase) return refused('PURCHASE_NOT_FOUND');
  if (isCancelled(purchase)) return refused('PURCHASE_CANCELLED');
  if (purchase.status !== 'CONFIRMED') return refused('PURCHASE_NOT_CONFIRMED');
  const seat = purchase.eventId === eventId && purchase.seats.find((each) => each.seatId === seatId);
  return seat ? { valid: true, claims, purchase, seat } : refused('SEAT_NOT_OF_PURCHASE');

  async function read(maxAge?: number): Promise<TicketCodeReading> {
    const keys = await ticketKeys.verifying(maxAge);
    return readTicketCode(code, new Map(keys.map(({ kid, publicKey }) => [kid, publicKey])));
  }
}
