import { mailEventsOf } from '../../lambda/notification/mail-event';
import { type Purchase } from '../../lambda/purchase/purchase';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { price } from '../../lambda/shared/wording';

/** What the record says of how the buyer was told: `delivery_<channel>`. */
type Deliveries = Readonly<Record<string, { readonly state?: string } | undefined>>;

/** The purchase for a person at a terminal, whose screen others may see: the buyer only `withBuyer`, the id not at all. */
export function purchaseSheet(purchase: Purchase, { withBuyer }: { withBuyer: boolean }): string {
  const { purchaseId, status, eventId, seats, amount, currency, buyer, failure } = purchase;
  const deliveries = Object.entries(purchase as unknown as Deliveries).flatMap(([attribute, delivery]) =>
    attribute.startsWith('delivery_')
      ? [`${attribute.replace('delivery_', '')} ${delivery?.state ?? ''}`.trim()]
      : [],
  );
  const lines: [label: string, value: string | undefined][] = [
    ['Reference', referenceOf(purchaseId)],
    ['Status', status],
    ['Failure', failure && `${failure.code}: ${failure.detail}`],
    ['Event', eventId],
    ['Seats', seats.map(({ seatId }) => seatId).join(', ')],
    // XXX is a purchase that was refused before it was priced.
    ['Amount', currency === 'XXX' ? undefined : price(amount, currency)],
    ['Opened', new Date(purchase.createdAt * 1000).toISOString()],
    ['Payment', purchase.paymentIntentId],
    ['Told by', deliveries.join(', ')],
    [
      'E-mail',
      mailEventsOf(purchase)
        .map(({ kind, reason, at }) => `${kind} (${reason}, ${new Date(at * 1000).toISOString()})`)
        .join(', '),
    ],
    [
      'Buyer',
      withBuyer ? buyer && [buyer.name, buyer.email, buyer.phone].filter(Boolean).join(', ') : undefined,
    ],
    ['Execution', purchase.executionId],
    ['Hash', purchaseHash(purchaseId)],
  ];
  return lines
    .filter(([, value]) => value)
    .map(([label, value]) => `${label.padEnd(11)}${value}\n`)
    .join('');
}
