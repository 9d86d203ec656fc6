import { type Answer, type Order, type PurchaseBody } from '../../harness/eventpro-client';
import { type CancellationRequest } from '../../lambda/purchase/cancellation';
import { type Fault } from '../fault';

export interface PurchaseOrder extends Omit<Order, 'seats'> {
  /** @default a free one of the harness's own event, so that purchases do not meet */
  readonly seats?: readonly string[];
  /** @default none */
  readonly faults?: readonly Fault[];
  /** Takes a seat that costs nothing. @default false */
  readonly isFree?: true;
  /** What the faults are called in a violation. @default the faults as JSON */
  readonly name?: string;
}

export interface Shop {
  /** Buys. A purchase is the one of its first request; a repeat under the same key is only answered. */
  buy(order?: PurchaseOrder): Promise<Answer & { readonly purchaseId: string }>;
  /** The buyer tells the bank this. @returns false when the bank does not ask */
  answerBank(purchaseId: string, outcome: 'succeeded' | 'failed'): boolean;
  /** The buyer of a purchase comes back from the bank. */
  comeBack(purchaseId: string): Promise<Answer>;
  /** The buyer of a purchase gives it up. */
  giveUp(purchaseId: string): Promise<Answer>;
  /** Cancels a sale. @param request @default everything is given back */
  cancel(purchaseId: string, request?: CancellationRequest): Promise<Answer<PurchaseBody>>;
  /** A gate scans the code of a seat. @returns undefined when there is no such purchase */
  admit(purchaseId: string, gate: string, seatId?: string): Promise<Answer | undefined>;
  /** Gives back so much of a purchase's payment in Stripe's dashboard. @param amount @default all that is left @returns false when Stripe refuses it */
  refundByHand(purchaseId: string, amount?: number): boolean;
  /** The buyer's bank disputes the payment, and gives up. @returns false when there is nothing to dispute */
  winDispute(purchaseId: string): boolean;
  /** Stripe sends what it has to tell of the purchase's payment, and again until it is taken. */
  letStripeTell(purchaseId: string): Promise<void>;
}
