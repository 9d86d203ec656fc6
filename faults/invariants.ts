import { isDeepStrictEqual } from 'node:util';
import { type Purchase } from '../lambda/purchase/purchase';
import { purchaseAnswer } from '../lambda/purchase/purchase-answer';
import { purchaseHash } from '../lambda/purchase/reference';
import { type TakenSeat } from '../lambda/seat/seat-repository';
import { type PaymentReport } from '../local/stripe/payment-report';

/** A purchase as its item is in the table. */
export type PurchaseItem = Purchase & {
  readonly unsettledShard?: string;
  readonly delivery_email?: { readonly state: string };
};

/** What was answered to a request. Status 0: no answer came. */
export interface Reply {
  readonly status: number;
  readonly text: string;
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
  /** A fault, or a machine too busy, hit the e-mail between sending and noting it, where it can only be repeated. */
  readonly emailMayRepeat?: boolean;
  /** The same, from the lease on: so that nobody may know whether there was one. */
  readonly emailMayBeUnknown?: boolean;
  readonly answer: Reply;
  /** The answer to the same request, after everything was settled. */
  readonly repeat: Reply;
  /** `GET /purchases/{purchaseId}` */
  readonly view: Reply;
  /** `GET /purchases/{purchaseId}/ticket`, and whether its link leads to a PDF. */
  readonly ticket: { readonly status: number; readonly isPdf: boolean };
  /** Confirmation e-mails in the inbox. */
  readonly emails: number;
}

/** A taken seat with the event it is of. */
export type SeatItem = TakenSeat & { readonly eventId: string };

/** The tables at one moment. */
export interface Snapshot {
  readonly purchases: ReadonlyMap<string, PurchaseItem>;
  readonly seats: readonly SeatItem[];
}

/** Everything that can be seen once faults have stopped and recovery has run. */
export interface Observation {
  readonly purchases: readonly ObservedPurchase[];
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

interface Facts {
  readonly item?: PurchaseItem;
  readonly before?: PurchaseItem;
  readonly payments: readonly PaymentReport[];
  readonly seats: readonly SeatItem[];
  readonly hasTicket: boolean;
}

/** An invariant of one purchase: a sentence for each way in which it is broken. */
type Invariant = (purchase: ObservedPurchase, facts: Facts) => readonly (string | false | undefined)[];

const INVARIANTS: readonly Invariant[] = [
  isTerminal,
  staysTerminal,
  keepsItsMoneyStraight,
  ownsItsSeatsOrNone,
  hasItsTicketOrNone,
  getsOneAnswer,
  isToldOnce,
];

/** A sentence for each invariant of design.md §5 that does not hold, with the purchase, its faults and its path. */
export function violationsOf(observation: Observation): string[] {
  const { purchases, settled, final, payments, tickets, foreignReleases } = observation;
  const paymentsOf = groupBy(payments, ({ metadata }) => metadata['purchaseId'] ?? '');
  const seatsOf = groupBy(final.seats, ({ purchaseId }) => purchaseId);
  const known = new Set(purchases.map(({ purchaseId }) => purchaseId));

  return [
    ...purchases.flatMap((purchase) => {
      const { purchaseId, plan, path } = purchase;
      const facts: Facts = {
        item: final.purchases.get(purchaseId),
        before: settled.purchases.get(purchaseId),
        payments: paymentsOf.get(purchaseId) ?? [],
        seats: seatsOf.get(purchaseId) ?? [],
        hasTicket: tickets.has(purchaseHash(purchaseId)),
      };
      return INVARIANTS.flatMap((invariant) => invariant(purchase, facts))
        .filter((broken) => typeof broken === 'string')
        .map((broken) => `${broken}: purchase ${purchaseId}, faults ${plan}, path ${path}`);
    }),
    ...seatsWithTwoOwners(final),
    ...[...seatsOf.keys(), ...paymentsOf.keys(), ...final.purchases.keys()]
      .filter((purchaseId) => !known.has(purchaseId))
      .map((purchaseId) => `nobody made the purchase ${purchaseId || 'of a payment without one'}`),
    ...foreignReleases.map((sentence) => `a release touched another's hold: ${sentence}`),
  ];
}

/** Every purchase is terminal within the bound, and nobody owes it anything. One that was never opened left nothing. */
function isTerminal(_: ObservedPurchase, { before, item }: Facts) {
  return [before, item].flatMap((at) => [
    at && at.status !== 'CONFIRMED' && at.status !== 'FAILED' && `it is still ${at.status}`,
    at?.unsettledShard !== undefined && `it is ${at.status} and still in the index of the unsettled`,
  ]);
}

/** A terminal state never changes: not the status, nor what the buyer is told about it. */
function staysTerminal(_: ObservedPurchase, { before, item }: Facts) {
  const was = before && purchaseAnswer(before);
  const is = item && purchaseAnswer(item);
  return [was && !isDeepStrictEqual(was, is) && `it was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`];
}

/** Captured − refunded is 0 or the price; money is kept exactly for what is CONFIRMED; nobody is charged twice. */
function keepsItsMoneyStraight({ price }: ObservedPurchase, { item, payments }: Facts) {
  const kept = payments.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
  const charges = payments
    .flatMap((payment) => payment.charges)
    .filter(({ status, amountCaptured }) => status === 'succeeded' && amountCaptured > 0);
  const open = payments.filter(({ status }) => status !== 'succeeded' && status !== 'canceled');
  const due = item?.status === 'CONFIRMED' ? price : 0;
  return [
    kept !== 0 && kept !== price && `captured − refunded is ${kept}, neither 0 nor the price ${price}`,
    kept !== due && `it is ${item?.status ?? 'not there'} and ${kept} of ${price} is kept`,
    charges.length > 1 && `it was charged ${charges.length} times`,
    open.length > 0 && `a payment intent could still be charged (${open.map(({ status }) => status).join()})`,
  ];
}

/** CONFIRMED ⇔ each of its seats is SOLD to it. What is settled holds nothing. */
function ownsItsSeatsOrNone({ seats: wanted }: ObservedPurchase, { item, seats }: Facts) {
  const sold = seats.filter(({ status }) => status === 'SOLD').map(({ seatId }) => seatId);
  const held = seats.filter(({ status }) => status === 'HELD').map(({ seatId }) => seatId);
  const due = item?.status === 'CONFIRMED' ? wanted : [];
  return [
    held.length > 0 && `it still holds ${held.join()}`,
    sold.toSorted().join() !== due.toSorted().join() &&
      `it is ${item?.status ?? 'not there'}, chose ${wanted.join()} and was sold ${sold.join() || 'nothing'}`,
  ];
}

/** CONFIRMED ⇔ its ticket can be read. The audit leaves no ticket without a sale. */
function hasItsTicketOrNone({ ticket }: ObservedPurchase, { item, hasTicket }: Facts) {
  if (item?.status !== 'CONFIRMED') {
    return [
      ticket.status === 302 && `it is not CONFIRMED and has a ticket`,
      hasTicket && 'its ticket was kept',
    ];
  }
  return [(ticket.status !== 302 || !ticket.isPdf) && `its ticket cannot be read (${ticket.status})`];
}

/**
 * Same key, same answer; and what the buyer was told is what happened. A first answer that said nothing definite (504,
 * none, still in progress) leaves open which one follows, but the answers after it must agree.
 */
function getsOneAnswer({ answer, repeat, view }: ObservedPurchase, { before, item }: Facts) {
  const shown = view.status === 200 ? (JSON.parse(view.text) as Partial<PurchaseItem>) : undefined;
  const told = JSON.parse(repeat.text || '{}') as { status?: unknown; code?: string };
  const due = item?.status === 'CONFIRMED' ? 201 : 'any refusal';
  return [
    isDefinite(answer) &&
      (answer.status !== repeat.status || answer.text !== repeat.text) &&
      `it was answered ${answer.status} ${answer.text} and then ${repeat.status} ${repeat.text}`,
    isDefinite(answer) && answer.status === 201 && !before && 'it was answered 201 and is not there',
    !isDefinite(repeat) && `when all was settled it was answered ${repeat.status} ${repeat.text}`,
    (repeat.status === 201) !== (due === 201) && `it is ${item?.status} and answered ${repeat.status}`,
    item && shown?.status !== item.status && `it is ${item.status} and shown as ${view.status} ${view.text}`,
    shown?.status === 'FAILED' &&
      shown.failure?.code !== told.code &&
      `it is shown as ${shown.failure?.code} and answered ${told.code}`,
  ];
}

/** 504 says that nobody knows yet; 409 of a purchase in progress and 429 say to come again. */
function isDefinite({ status, text }: Reply): boolean {
  return status !== 0 && status !== 504 && status !== 429 && !text.includes('"PURCHASE_IN_PROGRESS"');
}

/**
 * The e-mail of a confirmed purchase is there exactly once, twice at worst; where there may be none, the purchase says that
 * nobody knows. Nobody is told of a sale that is none.
 */
function isToldOnce({ emails, emailMayRepeat, emailMayBeUnknown }: ObservedPurchase, { item }: Facts) {
  if (item?.status !== 'CONFIRMED') return [emails > 0 && `it is not CONFIRMED and ${emails} e-mails say so`];
  const isUnknown = item.delivery_email?.state === 'UNKNOWN';
  return [
    emails === 0 && !isUnknown && 'it is CONFIRMED and no e-mail says so',
    emails > (emailMayRepeat ? 2 : 1) && `${emails} e-mails confirm it`,
    isUnknown && !emailMayBeUnknown && 'nobody knows whether its e-mail was sent, and nothing happened to it',
  ];
}

/** One owner per seat: no two confirmed purchases have a seat in common. */
function seatsWithTwoOwners({ purchases }: Snapshot): string[] {
  const owned = [...purchases.values()]
    .filter(({ status }) => status === 'CONFIRMED')
    .flatMap(({ eventId, seats, purchaseId }) =>
      seats.map(({ seatId }) => ({ seat: `${eventId} ${seatId}`, purchaseId })),
    );
  return [...groupBy(owned, ({ seat }) => seat)]
    .filter(([, owners]) => owners.length > 1)
    .map(([seat, owners]) => `seat ${seat} has owners ${owners.map(({ purchaseId }) => purchaseId).join()}`);
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
