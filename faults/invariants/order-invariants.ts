import { type PaymentReport } from '../../local/stripe/payment-report';
import { isDefinite } from './checkout-invariants';
import { groupBy } from './group-by';
import { type Observation, type ObservedOrder, type OrderItem } from './observation';

interface Facts {
  readonly before?: OrderItem;
  readonly item?: OrderItem;
  readonly payments: readonly PaymentReport[];
  readonly eventIsCancelled: boolean;
}

type Invariant = (order: ObservedOrder, facts: Facts) => readonly (string | false | undefined)[];

const INVARIANTS: readonly Invariant[] = [
  hasItsMoneyOrNone,
  hasItsStockOrNone,
  isSettled,
  keepsItsAnswer,
  isToldOnce,
  endsWithItsEvent,
  takesNothingFromWhomIsAway,
];

/** What must hold of each order, and of the stock that all of them share. */
export function brokenOrders(observation: Observation): string[] {
  const { orders, settled, final, payments, cancelledEvents } = observation;
  const paymentsOf = groupBy(payments, ({ metadata }) => metadata['orderId'] ?? '');
  const known = new Set(orders.map(({ orderId }) => orderId));
  return [
    ...orders.flatMap((order) => {
      const { orderId, plan, path } = order;
      const item = final.orders.get(orderId);
      const facts: Facts = {
        ...{ item, before: settled.orders.get(orderId), payments: paymentsOf.get(orderId) ?? [] },
        eventIsCancelled: item !== undefined && cancelledEvents.has(item.eventId),
      };
      return INVARIANTS.flatMap((invariant) => invariant(order, facts))
        .filter((broken) => typeof broken === 'string')
        .map((broken) => `${broken}: order ${orderId}, faults ${plan}, path ${path}`);
    }),
    ...[...final.orders.keys(), ...paymentsOf.keys()]
      .filter((orderId) => orderId !== '' && !known.has(orderId))
      .map((orderId) => `nobody made the order ${orderId}`),
    ...brokenStock(observation),
  ];
}

/** Of each extra, what is left and what orders have is its stock, by the orders' own items and by the notes beside them. */
function brokenStock({ final: { extras, orders, reservations } }: Observation): string[] {
  const taken = (items: Iterable<Pick<OrderItem, 'eventId' | 'items'>>) => {
    const sums = new Map<string, number>();
    for (const { eventId, items: each } of items) {
      for (const { extraId, quantity } of each) {
        const extra = `${eventId} ${extraId}`;
        sums.set(extra, (sums.get(extra) ?? 0) + quantity);
      }
    }
    return sums;
  };
  const owners = [...orders.values()].filter(({ stock }) => stock === 'RESERVED' || stock === 'SOLD');
  const [byOrders, noted] = [taken(owners), taken(reservations)];
  return extras.flatMap(({ eventId, extraId, stock, available }) => {
    const extra = `${eventId} ${extraId}`;
    const [sold, beside, gone] = [byOrders.get(extra) ?? 0, noted.get(extra) ?? 0, stock - available];
    const whose = owners
      .filter((order) => order.eventId === eventId && order.items.some((each) => each.extraId === extraId))
      .map(({ orderId }) => orderId);
    return [
      available < 0 && `there are ${available} left`,
      gone !== sold && `${gone} of ${stock} are taken and orders have ${sold}`,
      sold !== beside && `orders have ${sold} and ${beside} are noted`,
    ]
      .filter((broken) => broken !== false)
      .map((broken) => `${broken} of ${extra}, which the orders ${whose.join()} have`);
  });
}

/** CONFIRMED: its price is kept, less what was given back by hand. Otherwise nothing is, or could be. */
function hasItsMoneyOrNone({ refundedByHand }: ObservedOrder, { item, payments }: Facts) {
  const kept = payments.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
  const { status = 'not there', amount = 0 } = item ?? {};
  const due = status === 'CONFIRMED' ? amount - refundedByHand : 0;
  const charges = payments
    .flatMap((payment) => payment.charges)
    .filter(({ status: charged, amountCaptured }) => charged === 'succeeded' && amountCaptured > 0);
  const open = payments.filter((payment) => payment.status !== 'succeeded' && payment.status !== 'canceled');
  return [
    kept !== due && `it is ${status} and ${kept} of ${amount} is kept`,
    charges.length > 1 && `it was charged ${charges.length} times`,
    open.length > 0 && `a payment intent could still be charged (${open.map((each) => each.status).join()})`,
    status === 'CONFIRMED' &&
      (item!.refunded ?? 0) !== refundedByHand &&
      `${refundedByHand} was given back by hand, and the record says ${item!.refunded}`,
  ];
}

/** CONFIRMED ⇔ what it has of the stock is SOLD. */
function hasItsStockOrNone(_: ObservedOrder, { item }: Facts) {
  const { status, stock } = item ?? {};
  const isRight = status === 'CONFIRMED' ? stock === 'SOLD' : stock === undefined || stock === 'RESTORED';
  return [!isRight && `it is ${status} and its stock is ${stock}`];
}

/** Within the bound it has its end, which stays, and nothing is kept that opened something. */
function isSettled(_: ObservedOrder, { before, item }: Facts) {
  return [
    ...[before, item].flatMap((at) => [
      at && !['CONFIRMED', 'FAILED', 'CANCELLED'].includes(at.status) && `it is still ${at.status}`,
      at?.dueShard !== undefined && `it is ${at.status} and still in the index of what is due`,
      (at?.taskToken ?? at?.paymentMethod) !== undefined &&
        `it is ${at!.status} and keeps its token or its card`,
    ]),
    before && before.status !== item?.status && `it was ${before.status} and is ${item?.status}`,
    item?.status === 'FAILED' && item.failure === undefined && 'it is FAILED and does not say why',
  ];
}

/** The same key is the same order, whose answers agree; what a buyer was told who came back is what has happened. */
function keepsItsAnswer({ answer, repeat, view, returns }: ObservedOrder, { before, item }: Facts) {
  const shown = JSON.parse(view.text || '{}') as {
    readonly status?: string;
    readonly failure?: { readonly code: string };
  };
  const repeated = JSON.parse(repeat.text || '{}') as { readonly status?: string };
  return [
    answer.status === 202 && !before && 'it was accepted and is not there',
    repeat.status !== 202 && `it is asked for again and answered ${repeat.status} ${repeat.text}`,
    before &&
      repeated.status !== before.status &&
      `it is ${before.status} and accepted again as ${repeated.status}`,
    item && shown.status !== item.status && `it is ${item.status} and shown as ${view.status} ${view.text}`,
    ...returns.filter(isDefinite).map(({ status, text }) => {
      const { code } = JSON.parse(text || '{}') as { readonly code?: string };
      const holds =
        status === 201
          ? item?.status === 'CONFIRMED' || item?.status === 'CANCELLED'
          : code === 'ORDER_NOT_FOUND' ||
            code === 'AUTHENTICATION_EXPIRED' ||
            code === shown.failure?.code ||
            status >= 500;
      return (
        !holds &&
        `a buyer who came back was told ${status} ${text}, and it is ${item?.status} ${shown.failure?.code}`
      );
    }),
  ];
}

/** One e-mail says how it has ended, two at worst, and none says anything else; but for one that ended with its event, or by hand. */
function isToldOnce({ mails, mayRepeat, mayBeUntold, mayBeUnknown }: ObservedOrder, { item }: Facts) {
  const WORDS = {
    CONFIRMED: 'Your order is confirmed',
    FAILED: 'Your order failed',
    CANCELLED: 'Your order is cancelled',
  };
  const { status = 'not there', revokedAt, tellingUnknownAt } = item ?? {};
  const isUnknown = tellingUnknownAt !== undefined;
  const due = WORDS[status as keyof typeof WORDS];
  const isCancelled = status === 'CANCELLED';
  // A sale that ended later was told of before, maybe.
  const others = mails.filter((subject) => subject !== due && !(isCancelled && subject === WORDS.CONFIRMED));
  const count = mails.filter((subject) => subject === due).length;
  // Whoever gives all of it back by hand tells the buyer.
  const isDue = due !== undefined && (!isCancelled || revokedAt !== undefined);
  return [
    others.length > 0 && `it is ${status} and its buyer was told “${others[0]}”`,
    isDue && count === 0 && !mayBeUntold && !isUnknown && `it is ${status} and no e-mail says so`,
    isUnknown && !mayBeUnknown && 'nobody knows whether its e-mail was sent, and nothing happened to it',
    count > (mayRepeat ? 2 : 1) && `${count} e-mails say that it is ${status}`,
  ];
}

/** No order of a cancelled event stands. */
function endsWithItsEvent(_: ObservedOrder, { item, eventIsCancelled }: Facts) {
  return [eventIsCancelled && item?.status === 'CONFIRMED' && 'its event is cancelled, and it is CONFIRMED'];
}

/** Who answers the bank and never comes back is not charged, not even for a while. */
function takesNothingFromWhomIsAway({ isAsked, returns }: ObservedOrder, { payments }: Facts) {
  const captured = payments.reduce((sum, payment) => sum + payment.captured, 0);
  const isAway = isAsked && returns.length === 0;
  return [isAway && captured > 0 && `its buyer was asked, never came back, and ${captured} was taken`];
}
