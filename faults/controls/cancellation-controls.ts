import { randomUUID } from 'node:crypto';
import { type CancellationRequest } from '../../lambda/purchase/cancellation';
import { type Effect } from '../effects/effects';
import { type Control, queue, receive, sold, type Stage, told } from './control';
import { callGives, conditionMet, expressionIs, propertyLeftOut } from './guard';

const PURCHASES = 'lambda/purchase/purchase-repository.ts';
const STRIPE = 'lambda/payment/stripe-gateway.ts';
const DELIVERIES = 'lambda/notification/delivery-log.ts';

const PART: CancellationRequest = { reason: 'ORGANISER', refund: { amount: 2_000 } };
const OTHER_PART: CancellationRequest = { reason: 'FRAUD', refund: { amount: 3_000 } };

/** A sale is cancelled once, as it was agreed, and what dies on the way is found. */
export const CANCELLATION_CONTROLS: readonly Control[] = [
  {
    guard: 'that only a sale is cancelled, and the first agreement stays',
    without: {
      functions: ['ClaimCancellation'],
      file: PURCHASES,
      within: 'PurchaseRepository.cancel',
      edits: [conditionMet()],
    },
    scenario: async (stage) => {
      const slow = { effect: 'agree cancellation', mode: 'slow', delayMs: 1_500, times: 1 } as const;
      const purchaseId = await sold(stage, { faults: [slow] });
      const first = stage.cancel(purchaseId, PART);
      await stage.hit(purchaseId, 'agree cancellation');
      await stage.cancel(purchaseId, OTHER_PART);
      await first;
    },
    violation: /who cancelled it was told 200 .*FRAUD.*, and it is .*ORGANISER/s,
  },
  {
    guard: 'the idempotency key of a refund of a part',
    without: {
      functions: ['RefundPayment'],
      file: STRIPE,
      within: 'StripeGateway.makeRefund',
      edits: [propertyLeftOut('idempotencyKey')],
    },
    // Both requests of the first attempt arrive when the second has made the refund.
    scenario: async (stage) => {
      const purchaseId = await sold(stage, { faults: [{ effect: 'refund', mode: 'late', times: 2 }] });
      await stage.cancel(purchaseId, PART);
    },
    violation: /is CANCELLED and \d+ of \d+ is kept/,
  },
  {
    guard: 'that a refund is of what is missing to the agreement',
    without: {
      functions: ['RefundPayment'],
      file: STRIPE,
      within: 'StripeGateway.refundTo',
      edits: [expressionIs('intent.amount - refunded', 'intent.amount')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage, { faults: [{ effect: 'refund', mode: 'answer-lost', times: 2 }] });
      await stage.cancel(purchaseId, PART);
    },
    violation: /is still CANCELLING/,
  },
  {
    guard: 'that a release takes the cancelled purchase’s own seats only',
    without: {
      functions: ['ReleaseSeat'],
      file: 'lambda/seat/seat-repository.ts',
      within: 'SeatRepository.release',
      edits: [conditionMet()],
    },
    // The seats are free, and sold again, when recovery releases them once more.
    scenario: async (stage) => {
      const purchaseId = await sold(stage, {
        faults: [{ effect: 'settle cancelled', mode: 'cut', times: 3 }],
      });
      await stage.cancel(purchaseId);
      await stage.buy({ seats: [stage.seats[0]] });
      await stage.makeDue(purchaseId);
      await stage.recover(purchaseId);
    },
    violation: /a release touched another's hold/,
  },
  {
    guard: 'that a cancellation is not settled before its refund is made',
    without: {
      functions: ['ReleaseSeat'],
      file: 'lambda/seat/release-seat.ts',
      within: 'releaseSeat.releaseSold',
      edits: [callGives('isHalfUndone', 'false')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage, { faults: [{ effect: 'refund', mode: 'cut', instead: '502' }] });
      await stage.cancel(purchaseId);
    },
    violation: /is CANCELLED and (\d+) of \1 is kept/,
    unaudited: true,
  },
  {
    guard: 'that a gate without a network is told of a cancelled sale by the write that claims it',
    without: {
      functions: ['ClaimCancellation'],
      file: PURCHASES,
      within: 'PurchaseRepository.cancel',
      edits: [callGives('this.takeOver', 'this.takeOver(purchaseId, update)')],
    },
    scenario: async (stage) => void (await stage.cancel(await sold(stage))),
    violation: /is CANCELLED and 0 times among the revocations/,
  },
  {
    guard: 'that whoever is inside keeps the purchase',
    without: {
      functions: ['ClaimCancellation'],
      file: PURCHASES,
      within: 'PurchaseRepository.cancel',
      edits: [conditionMet('attribute_not_exists(admitted)')],
    },
    scenario: async (stage) => {
      const slow = { effect: 'agree cancellation', mode: 'slow', delayMs: 1_500, times: 1 } as const;
      const purchaseId = await sold(stage, { faults: [slow] });
      const cancelled = stage.cancel(purchaseId);
      await stage.hit(purchaseId, 'agree cancellation');
      await stage.admit(purchaseId, 'North');
      await cancelled;
    },
    violation: /it let somebody in and is CANCELLED for BUYER_REQUEST/,
  },
  {
    guard: 'that only a purchase which is being cancelled is settled as CANCELLED',
    without: {
      functions: ['ReleaseSeat'],
      file: PURCHASES,
      within: 'PurchaseRepository.settleCancelled',
      edits: [conditionMet()],
    },
    scenario: async (stage) => {
      const slow = { effect: 'settle cancelled', mode: 'slow', delayMs: 1_500, times: 1 } as const;
      const purchaseId = await sold(stage, { faults: [slow] });
      return writtenAnew(stage, { purchaseId, effect: 'settle cancelled' }, () => stage.cancel(purchaseId));
    },
    violation: /a record was written anew/,
  },
  {
    guard: 'that only a purchase which is being undone is settled as FAILED',
    without: {
      functions: ['ReleaseSeat'],
      file: PURCHASES,
      within: 'PurchaseRepository.settleFailed',
      edits: [conditionMet()],
    },
    scenario: async (stage) => {
      const purchaseId = randomUUID();
      const slow = { effect: 'settle', mode: 'slow', delayMs: 1_500, times: 1 } as const;
      return writtenAnew(stage, { purchaseId, effect: 'settle' }, () =>
        stage.buy({
          ...{ key: purchaseId, seats: [stage.seats[0]], faults: [slow] },
          paymentMethod: 'pm_card_chargeDeclined',
        }),
      );
    },
    violation: /a record was written anew/,
  },
  {
    guard: 'that the ticket of a sale which is being cancelled is not given out',
    without: {
      functions: ['GetTicket'],
      file: 'lambda/ticket/get-ticket.ts',
      within: 'handler',
      edits: [callGives('isCancelled', 'false'), expressionIs("status !== 'CONFIRMED'", 'false')],
    },
    scenario: async (stage) => {
      const { before, cancel, client } = stage;
      const purchaseId = await sold(stage);
      const at = before('RefundPayment', purchaseId, 'cancellation');
      const answer = cancel(purchaseId);
      await at.reached;
      const { status } = await client.ticket(purchaseId);
      at.resume();
      await answer;
      return told(410, status);
    },
    violation: /told 302 instead of 410/,
  },
  {
    guard: 'that a cancellation stays on the list of what is due when a confirmation is delivered late',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.note',
      edits: [
        expressionIs("'#status = :confirmed'", "'(#status = :confirmed OR attribute_exists(purchaseId))'"),
      ],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage, {
        faults: [
          { effect: 'note delivery', mode: 'slow', delayMs: 3_000 },
          { killBefore: 'RefundPayment', role: 'cancellation' },
        ],
      });
      await stage.client.emailAbout(purchaseId);
      await stage.cancel(purchaseId);
    },
    violation: /is still CANCELLING/,
  },
  {
    guard: 'that a confirmation which comes after the cancellation is dropped',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.begin',
      edits: [callGives('isCancelled', 'false')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage);
      await stage.client.emailAbout(purchaseId);
      await stage.cancel(purchaseId);
      await stage.idle();
      const [email, dead] = [queue(stage, 'EmailChannelQueue'), queue(stage, 'EmailChannelDeadLetterQueue')];
      const before = dead.counts().visible;
      const ticketUrl = `http://127.0.0.1/purchases/${purchaseId}/ticket`;
      email.send(JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl }));
      await receive(stage, email, 6);
      return dead.counts().visible > before ? ['a confirmation of a cancelled sale is a dead letter'] : [];
    },
    violation: /is a dead letter/,
  },
  {
    guard: 'that a delivery about a cancellation is made once',
    without: {
      functions: ['DeliverEmail'],
      file: DELIVERIES,
      within: 'DeliveryLog.begin',
      edits: [conditionMet('attribute_not_exists(#delivery)')],
    },
    // On a machine that is too busy, a second one may be nobody's fault.
    scenario: async (stage) => {
      const purchaseId = await sold(stage);
      await stage.cancel(purchaseId);
      const email = queue(stage, 'EmailChannelQueue');
      for (let copy = 1; copy <= 2; copy++)
        email.send(JSON.stringify({ type: 'PurchaseCancelled', purchaseId }));
    },
    violation: /3 e-mails tell of its cancellation/,
  },
  {
    guard: 'that a cancellation is told to whom the sale was',
    without: {
      functions: ['DeliverEmail'],
      file: 'lambda/notification/delivery.ts',
      within: 'beforeOf',
      edits: [expressionIs("about === 'PurchaseCancelled'", 'false')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage);
      await stage.client.emailAbout(purchaseId);
      await stage.cancel(purchaseId);
    },
    violation: /is CANCELLED and no e-mail says so/,
  },
];

/**
 * Somebody deletes the record by hand while this effect is on its way, and puts it back.
 *
 * @returns the violation of a write that has made a record of its own meanwhile
 */
async function writtenAnew(
  { hit, lose, client }: Stage,
  { purchaseId, effect }: { readonly purchaseId: string; readonly effect: Effect },
  work: () => Promise<unknown>,
): Promise<string[]> {
  const done = work();
  await hit(purchaseId, effect);
  const putBack = await lose(purchaseId);
  await done;
  const { status } = await client.request('GET', `/api/purchases/${purchaseId}`);
  await putBack();
  return status === 404 ? [] : ['a record was written anew'];
}
