import { type Answer, type Order } from '../../harness/eventpro-client';
import { type Fault } from '../fault';

export interface PurchaseOrder extends Omit<Order, 'seats'> {
  /** @default a free one of the harness's own event, so that purchases do not meet */
  readonly seats?: readonly string[];
  /** @default none */
  readonly faults?: readonly Fault[];
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
  /** Cancels a sale. */
  cancel(purchaseId: string): Promise<Answer>;
}
