import { type Extra } from '../../lambda/order/extra';
import { type Order } from '../../lambda/order/order';
import { type Purchase } from '../../lambda/purchase/purchase';
import { type CancellationRequest } from '../../lambda/purchase/cancellation';
import { type Channel } from '../../lambda/purchase/channels';
import { type TakenSeat } from '../../lambda/seat/seat-repository';
import { type PaymentReport } from '../../local/stripe/payment-report';

/** A purchase as its item is in the table. */
export type PurchaseItem = Purchase & {
  readonly dueShard?: string;
  /** How many domain events it has made. @default none */
  readonly sequence?: number;
};

/** What was answered to a request. Status 0: no answer came. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What a buyer was told who came back from the bank, or gave up. */
export interface Return extends Reply {
  readonly how: 'came back' | 'gave up';
}

/** What whoever cancelled a purchase asked for, and was told. */
export interface Cancelling extends Reply {
  readonly request: CancellationRequest;
}

/** What a gate was told that scanned the code of a seat. */
export interface Scan extends Reply {
  readonly seatId: string;
  readonly gate: string;
}

/** A domain event that the bus has taken. */
export interface ToldEvent {
  readonly type: string;
  readonly id: string;
  readonly sequence: number;
  /** All of it. */
  readonly text: string;
  /** What its schema has against it. */
  readonly complaint?: string;
}

/** The messages of one kind that the buyer has had. */
export interface Told {
  readonly received: Readonly<Partial<Record<Channel, number>>>;
  /** A fault, or a machine too busy, hit one between sending and noting it, where it can only be repeated. */
  readonly mayRepeat: boolean;
  /** The same, from the lease on: so that nobody may know whether there was one. */
  readonly mayBeUnknown: boolean;
}

/** One purchase, from its first request to the end, seen from outside. */
export interface ObservedPurchase {
  readonly purchaseId: string;
  readonly eventId: string;
  readonly seats: readonly string[];
  /** What the seats cost by the event's layout, minor currency units. */
  readonly price: number;
  /** The faults it was hit with, in words. */
  readonly plan: string;
  /** The states its executions went through. */
  readonly path: string;
  readonly answer: Reply;
  /** Its bank wants the buyer. */
  readonly isAsked?: boolean;
  /** What the buyer was told afterwards. @default the buyer was not heard of again */
  readonly returns?: readonly Return[];
  /** In the order in which they were answered. */
  readonly cancellations: readonly Cancelling[];
  /** The answer to whoever asked to cancel it and asks again, for another amount, after everything was settled. @default nobody has, or it is CONFIRMED */
  readonly cancelledAgain?: Reply;
  /** In the order in which they were answered. */
  readonly scans: readonly Scan[];
  /** What a gate is told of the code of the first seat, after everything was settled: `valid`, or why it is not. @default there is no purchase */
  readonly check?: string;
  /** Minor units that were given back in Stripe's dashboard. */
  readonly refundedByHand: number;
  /** The answer to the same request, after everything was settled. */
  readonly repeat: Reply;
  /** `GET /purchases/{purchaseId}` */
  readonly view: Reply;
  /** `GET /purchases/{purchaseId}/ticket`, and whether its link leads to a PDF. */
  readonly ticket: { readonly status: number; readonly isPdf: boolean };
  readonly toldOfSale: Told;
  readonly toldOfCancellation: Told;
  /** In the order in which the bus took them, also if it has taken one before. */
  readonly events: readonly ToldEvent[];
}

/** An order as its item is in the table. */
export type OrderItem = Order & { readonly dueShard?: string };

/** One order, from its first request to the end, seen from outside. */
export interface ObservedOrder {
  readonly orderId: string;
  /** The faults it was hit with, in words. */
  readonly plan: string;
  readonly path: string;
  readonly answer: Reply;
  /** Its bank wants the buyer. */
  readonly isAsked: boolean;
  /** What the buyer was told who came back from the bank, in the order of the answers. */
  readonly returns: readonly Reply[];
  /** The answer to the same request, after everything was settled. */
  readonly repeat: Reply;
  /** `GET /orders/{orderId}` */
  readonly view: Reply;
  /** Minor units that were given back in Stripe's dashboard. */
  readonly refundedByHand: number;
  /** Subjects of the e-mails that its buyer has had. */
  readonly mails: readonly string[];
  /** As of a purchase's message. */
  readonly mayRepeat: boolean;
  /** Its state could not publish what has become of it, or the execution was aborted before: people redrive that. */
  readonly mayBeUntold: boolean;
  /** As of a purchase's message. */
  readonly mayBeUnknown: boolean;
}

/** An extra with the event it is of. */
export type ExtraItem = Extra & { readonly eventId: string };

/** What an order has of the stock, as the table has it beside the order. */
export interface ReservationItem {
  readonly eventId: string;
  readonly orderId: string;
  readonly items: readonly { readonly extraId: string; readonly quantity: number }[];
}

/** A taken seat with the event it is of. */
export type SeatItem = TakenSeat & { readonly eventId: string };

/** The tables at one moment. */
export interface Snapshot {
  readonly purchases: ReadonlyMap<string, PurchaseItem>;
  readonly seats: readonly SeatItem[];
  /** What each event lists for its gates: sales whose tickets are not valid any more. */
  readonly revocations: readonly { readonly eventId: string; readonly purchaseId: string }[];
  readonly orders: ReadonlyMap<string, OrderItem>;
  readonly extras: readonly ExtraItem[];
  readonly reservations: readonly ReservationItem[];
}

/** Everything that can be seen once faults have stopped and recovery has run. */
export interface Observation {
  readonly purchases: readonly ObservedPurchase[];
  readonly orders: readonly ObservedOrder[];
  /** Events that were cancelled. */
  readonly cancelledEvents: ReadonlySet<string>;
  /** When everything was settled. */
  readonly settled: Snapshot;
  /** After every request was repeated, and audits and reconcilers have run once more. */
  readonly final: Snapshot;
  readonly payments: readonly PaymentReport[];
  /** Ids of the purchases that have a ticket in the bucket. */
  readonly tickets: ReadonlySet<string>;
  /** A sentence for each release that took a seat from another purchase. */
  readonly foreignReleases: readonly string[];
}

/** What there is of one purchase. */
export interface Facts {
  readonly item?: PurchaseItem;
  readonly before?: PurchaseItem;
  readonly payments: readonly PaymentReport[];
  readonly seats: readonly SeatItem[];
  readonly hasTicket: boolean;
  /** How often its event lists it among the sales whose tickets are not valid any more. */
  readonly revocations: number;
}

/** What must hold of one purchase: a sentence for each way in which it does not. */
export type Invariant = (purchase: ObservedPurchase, facts: Facts) => readonly (string | false | undefined)[];
