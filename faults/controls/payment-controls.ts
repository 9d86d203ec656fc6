import { type Control, told } from './control';
import { callGives, expressionIs, propertyIs, propertyLeftOut } from './guard';

const STRIPE = 'lambda/payment/stripe-gateway.ts';

/** A buyer is charged once, and never without a record that leads to the money. */
export const PAYMENT_CONTROLS: readonly Control[] = [
  {
    guard: 'the idempotency key of the payment intent',
    without: {
      functions: ['ProcessPayment'],
      file: STRIPE,
      within: 'StripeGateway.createIntent',
      edits: [propertyLeftOut('idempotencyKey')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'create intent', mode: 'answer-lost', times: 2 }] });
    },
    violation: /a payment intent could still be charged/,
    unaudited: true,
  },
  {
    guard: 'that each attempt to charge has a key of its own',
    without: {
      functions: ['ProcessPayment'],
      file: STRIPE,
      within: 'StripeGateway.confirm',
      edits: [propertyIs('idempotencyKey', '`${purchaseId}:confirm`')],
    },
    // Stripe repeats what it has answered under a key, its own failures too.
    scenario: async ({ buy, run, seats: [seat] }) => {
      run.stripe.faults.set({
        ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 500, times: 1 },
      });
      const { status } = await buy({ seats: [seat] });
      return told(201, status);
    },
    violation: /told 503 instead of 201/,
  },
  {
    guard: 'that an intent is cancelled before an attempt after a lost one is refused',
    without: {
      functions: ['ProcessPayment'],
      file: STRIPE,
      within: 'StripeGateway.closedIfRefused',
      edits: [expressionIs("error.name !== 'PaymentNotPossible'", 'false')],
    },
    // The first confirm arrives when the buyer has been refused.
    scenario: async ({ buy, run, seats: [seat] }) => {
      run.stripe.faults.set({
        ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 400, times: 1 },
        error: { code: 'payment_method_unexpected_state' },
      });
      const { status } = await buy({
        seats: [seat],
        faults: [{ effect: 'confirm payment', mode: 'late', times: 2 }],
      });
      return told(402, status);
    },
    violation: /a payment intent could still be charged \(requires_capture\)/,
    unaudited: true,
  },
  {
    guard: 'that the intent is stored before it is confirmed',
    without: {
      functions: ['ProcessPayment'],
      file: 'lambda/payment/process-payment.ts',
      within: 'pay',
      edits: [
        callGives(
          'purchases.recordPaymentIntent',
          'payments.authoriseIntent({ ...intent, paymentMethod: paymentMethod!, attempt: 1 })' +
            '.then(() => purchases.recordPaymentIntent(purchaseId, paymentIntentId))',
        ),
      ],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'confirm payment', mode: 'kill-after', times: 1 }] });
    },
    violation: /a payment intent could still be charged \(requires_capture\)/,
    unaudited: true,
  },
  {
    guard: 'that a capture which was made already is found made',
    without: {
      functions: ['ProcessPayment'],
      file: STRIPE,
      within: 'StripeGateway.capture',
      edits: [expressionIs('hasMoved(error)', 'false')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      const { status } = await buy({
        seats: [seat],
        faults: [{ effect: 'capture payment', mode: 'answer-lost', times: 2 }],
      });
      return told(201, status);
    },
    violation: /told 503 instead of 201/,
  },
];
