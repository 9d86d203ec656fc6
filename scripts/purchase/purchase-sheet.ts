import { readDeliveries } from '../../lambda/notification/delivery';
import { mailEventsOf } from '../../lambda/notification/mail-event';
import { admissionsOf } from '../../lambda/purchase/admission';
import { type Purchase } from '../../lambda/purchase/purchase';
import { timeText } from '../../lambda/shared/clock';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { money } from '../../lambda/shared/currencies';
import { price } from '../../lambda/shared/wording';

/** The purchase for a person at a terminal, whose screen others may see: the buyer only `withBuyer`, the id not at all. */
export function purchaseSheet(purchase: Purchase, { withBuyer }: { withBuyer: boolean }): string {
  const {
    purchaseId,
    status,
    eventId,
    seats,
    amount,
    currency,
    buyer,
    failure,
    authenticateBy,
    cancellation,
    refunded,
    dispute,
  } = purchase;
  return sheet([
    ['Reference', referenceOf(purchaseId)],
    ['Status', status],
    ['Failure', failure && `${failure.code}: ${failure.detail}`],
    [
      'Cancelled',
      cancellation &&
        `${cancellation.reason}, ${timeText(cancellation.at)}; ` +
          `${money(cancellation.refund.amount, currency)} to give back: ${cancellation.refund.status}`,
    ],
    ['By hand', refunded ? `${money(refunded, currency)} given back` : undefined],
    [
      'Dispute',
      dispute &&
        `${dispute.status} (${dispute.reason}), ${money(dispute.amount, dispute.currency)}` +
          (dispute.dueBy ? `; evidence until ${timeText(dispute.dueBy)}` : ''),
    ],
    [
      'Let in',
      admissionsOf(purchase)
        .map(({ seatId, gate, at }) => `${seatId} (${gate}, ${timeText(at)})`)
        .join(', '),
    ],
    ['Event', eventId],
    ['Seats', seats.map(({ seatId }) => seatId).join(', ')],
    // XXX is a purchase that was refused before it was priced.
    ['Amount', currency === 'XXX' ? undefined : price(amount, currency)],
    ['Opened', timeText(purchase.createdAt)],
    // While it waits, this is nobody's to settle: the buyer is at the bank.
    [
      'Waits',
      status === 'AWAITING_AUTHENTICATION' && authenticateBy !== undefined
        ? `for the buyer to answer the bank, until ${timeText(authenticateBy)}`
        : undefined,
    ],
    ['Payment', purchase.paymentIntentId],
    [
      'Told by',
      readDeliveries(purchase)
        .map(([channel, { state }]) => `${channel} ${state}`)
        .join(', '),
    ],
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
  ]);
}

/** A line for each label that has a value. */
export function sheet(lines: readonly (readonly [label: string, value: string | undefined])[]): string {
  return lines
    .filter(([, value]) => value)
    .map(([label, value]) => `${label.padEnd(11)}${value}\n`)
    .join('');
}
