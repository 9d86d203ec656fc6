import { randomUUID } from 'node:crypto';
import { ASKING_CARD } from '../work/asking-cards';
import { type Control, SOLD_FOR_NOTHING, type Stage, told } from './control';
import { callGives, conditionMet, expressionIs, propertyIs } from './guard';

const PURCHASES = 'lambda/purchase/purchase-repository.ts';
const PAYMENT = 'lambda/payment/process-payment.ts';

/** Two executions share a purchase whose bank asks, one after the other, and money moves in the second alone. */
export const AUTHENTICATION_CONTROLS: readonly Control[] = [
  {
    guard: 'that only a purchase that waits is taken up',
    without: {
      functions: ['ResumePurchase'],
      file: PURCHASES,
      within: 'PurchaseRepository.resume',
      edits: [conditionMet('#status = :awaiting')],
    },
    // The money has gone back when the buyer comes once more, and the seats have not yet.
    scenario: async (stage) => {
      const purchaseId = await approved(stage);
      await stage.client.setFault('GenerateTicket', { mode: 'fail-before', times: 1 });
      const at = stage.before('ReleaseSeat', purchaseId);
      const answer = stage.comeBack(purchaseId);
      await at.reached;
      await stage.comeBack(purchaseId);
      at.resume();
      await answer;
    },
    violation: SOLD_FOR_NOTHING,
  },
  {
    guard: 'that a purchase is taken up in its time only',
    without: {
      functions: ['ResumePurchase'],
      file: PURCHASES,
      within: 'PurchaseRepository.resume',
      edits: [conditionMet('authenticateBy > :now')],
    },
    scenario: async (stage) => {
      const recoveryDies = { killBefore: 'RefundPayment', role: 'recovery' };
      const purchaseId = await approved(stage, { faults: [recoveryDies] });
      stage.run.clock.advance(300);
      await stage.idle();
      const { status } = await stage.comeBack(purchaseId);
      return told(410, status);
    },
    violation: /told 201 instead of 410/,
  },
  {
    guard: 'that a take-over whose answer was lost is found made',
    without: {
      functions: ['ResumePurchase'],
      file: PURCHASES,
      within: 'PurchaseRepository.takeOver',
      edits: [expressionIs('purchase.executionId === executionId && purchase.status === to', 'false')],
    },
    scenario: async (stage) => {
      const lost = { effect: 'take up again', mode: 'answer-lost', times: 1 } as const;
      const purchaseId = await approved(stage, { faults: [lost] });
      const { status } = await stage.comeBack(purchaseId);
      return told(201, status);
    },
    violation: /told 409 instead of 201/,
  },
  {
    guard: 'that only the execution which has the purchase lets it wait',
    without: {
      functions: ['ProcessPayment'],
      file: PURCHASES,
      within: 'PurchaseRepository.waiting',
      edits: [conditionMet('executionId = :executionId')],
    },
    scenario: async (stage) => {
      const { before, invoke, client, answerBank, comeBack, hit } = stage;
      const slow = { effect: 'await authentication', mode: 'slow', delayMs: 1_500, from: 'return' } as const;
      const purchaseId = await asked(stage, { faults: [slow] });
      const { amount, currency } = await client.purchase(purchaseId);
      const paying = before('ProcessPayment', purchaseId);
      const answer = comeBack(purchaseId);
      await paying.reached;
      // An attempt that the first execution gave up long ago reads that the bank asks, and is slow to write so.
      const straggler = invoke('ProcessPayment', {
        ...{ purchaseId, amount, currency, paymentMethod: ASKING_CARD, paymentIntentId: null },
        ...{ executionId: 'the first', viewer: '192.0.2.1', eventId: 'demo' },
      });
      await hit(purchaseId, 'await authentication');
      answerBank(purchaseId, 'succeeded');
      const ticket = before('GenerateTicket', purchaseId);
      paying.resume();
      await Promise.race([ticket.reached, answer]);
      await straggler;
      ticket.resume();
      return told(201, (await answer).status);
    },
    violation: /told (202|503) instead of 201/,
  },
  {
    guard: 'that recovery claims only what is due by its record',
    without: {
      functions: ['RefundPayment', 'ReleaseSeat'],
      file: PURCHASES,
      within: 'dueTo',
      edits: [conditionMet('dueAt <= :now')],
    },
    // The index told of it before it was taken up again.
    scenario: async (stage) => {
      const purchaseId = await approved(stage);
      const at = stage.before('GenerateTicket', purchaseId);
      const answer = stage.comeBack(purchaseId);
      await at.reached;
      await stage.recover(purchaseId);
      at.resume();
      return told(201, (await answer).status);
    },
    violation: /told 503 instead of 201/,
  },
  {
    guard: 'that recovery waits for the buyer as long as the record says',
    without: {
      functions: ['RefundPayment', 'ReleaseSeat'],
      file: PURCHASES,
      within: 'awaitedUntil',
      edits: [conditionMet('dueAt <= :now')],
    },
    scenario: async (stage) => {
      const purchaseId = await approved(stage);
      await stage.recover(purchaseId);
      const { status } = await stage.comeBack(purchaseId);
      return told(201, status);
    },
    violation: /told 410 instead of 201/,
  },
  {
    guard: 'that only a purchase that waits is given up',
    without: {
      functions: ['RefundPayment'],
      file: PURCHASES,
      within: 'PurchaseRepository.abandon',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, giveUp, seats: [seat] }) => {
      const { purchaseId } = await buy({ seats: [seat] });
      await giveUp(purchaseId);
    },
    violation: /was answered 201 .* and then/s,
  },
  {
    guard: 'that nothing is taken before the bank agrees',
    without: {
      functions: ['ProcessPayment'],
      file: PAYMENT,
      within: 'pay',
      edits: [expressionIs("authorisation === 'authentication-required'", 'false')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      const { status } = await buy({ seats: [seat], paymentMethod: ASKING_CARD });
      return told(202, status);
    },
    violation: /told 503 instead of 202/,
  },
  {
    guard: 'that the bank only holds the money until the buyer is back',
    without: {
      functions: ['ProcessPayment'],
      file: 'lambda/payment/stripe-gateway.ts',
      within: 'StripeGateway.createIntent',
      edits: [propertyIs('capture_method', "'automatic'")],
    },
    scenario: async (stage) => void (await approved(stage)),
    violation: /its buyer was asked, never came back, and \d+ was taken/,
  },
  {
    guard: 'that a payment is cancelled whose bank asks too late',
    without: {
      functions: ['ProcessPayment'],
      file: PAYMENT,
      within: 'pay.giveUp',
      edits: [callGives('payments.cancelIntent', 'undefined')],
    },
    scenario: async ({ buy, before, run, seats: [seat] }) => {
      const key = randomUUID();
      const paying = before('ProcessPayment', key);
      const answer = buy({ key, seats: [seat], paymentMethod: ASKING_CARD });
      await paying.reached;
      run.clock.advance(211);
      paying.resume();
      return told(402, (await answer).status);
    },
    violation: /a payment intent could still be charged \(requires_action\)/,
    unaudited: true,
  },
];

/** A purchase whose bank asks. */
async function asked({ buy, seats: [seat] }: Stage, more: Parameters<Stage['buy']>[0] = {}): Promise<string> {
  const { purchaseId } = await buy({ seats: [seat], paymentMethod: ASKING_CARD, ...more });
  return purchaseId;
}

/** The same, when its buyer has told the bank yes. */
async function approved(stage: Stage, more: Parameters<Stage['buy']>[0] = {}): Promise<string> {
  const purchaseId = await asked(stage, more);
  stage.answerBank(purchaseId, 'succeeded');
  return purchaseId;
}
