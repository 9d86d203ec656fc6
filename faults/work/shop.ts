import { type Answer, type ExtrasOrder, type Order, type PurchaseBody } from '../../harness/eventpro-client';
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

export interface OrderPlan extends Omit<ExtrasOrder, 'items'> {
  /** @default two of what there is plenty of */
  readonly items?: ExtrasOrder['items'];
  /** @default none */
  readonly faults?: readonly Fault[];
  /** What the faults are called in a violation. @default the faults as JSON */
  readonly name?: string;
}

export interface Shop {
  /** Buys. A purchase is the one of its first request; a repeat under the same key is only answered. */
  buy(order?: PurchaseOrder): Promise<Answer & { readonly purchaseId: string }>;
  /** Orders extras. Answered when its execution has ended, or waits for its buyer. */
  order(order?: OrderPlan): Promise<Answer & { readonly orderId: string }>;
  /** The buyer of an order comes back from the bank. */
  comeBackWithOrder(orderId: string): Promise<Answer>;
  /** As `refundByHand`, of an order. */
  refundOrderByHand(orderId: string, amount?: number): boolean;
  /** Cancels an event that is sold nothing of but extras. */
  cancelEvent(eventId: string): Promise<void>;
  /** The buyer tells the bank this. @param purchaseId or an order's @returns false when the bank does not ask */
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
