import type Stripe from 'stripe';
import { AUTHORISATION_SECONDS } from './authorisation';
import { parametersOf } from './parameters';
import { type Charge, type PaymentIntent, type PaymentMethod } from './payment';
import { expandParameter, expandObject } from './expansion';
import { type Operation } from './operation';
import { refusal } from './rules';
import { stripeId } from './stripe-id';
import { expiryYear, noBillingDetails, type TestCard, testCard } from './test-cards';

/** One attempt to take the intent's money with a card: paid (and captured, unless by hand later) or declined. */
export function chargeCard(intent: PaymentIntent, method: PaymentMethod, created: number): Charge {
  const card = testCard(method.card)!;
  const { decline } = card;
  const captured = !decline && intent.capture_method !== 'manual';
  return {
    id: stripeId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: captured ? stripeId('txn') : null,
    billing_details: noBillingDetails(),
    calculated_statement_descriptor: null,
    captured,
    created,
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcome(card),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetails(intent, card, created) },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  };
}

export const retrieveCharge: Operation = {
  name: 'charges.retrieve',
  method: 'GET',
  path: /^\/v1\/charges\/([^/]+)$/,
  prepare(form, id) {
    const expand = expandParameter(parametersOf('charges.retrieve', form), 'charge');

    return ({ payments }) => {
      const payment = payments.findByCharge(id);
      const charge = payment?.charges.find((candidate) => candidate.id === id);
      if (!payment || !charge) throw refusal('no-such-object', `No such charge: '${id}'`, 'id');
      return { answer: expandObject(charge, payment, expand) };
    };
  },
};

function outcome({ decline }: TestCard): Stripe.Charge.Outcome {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline?.declineCode ?? decline?.code ?? null,
    risk_level: 'normal',
    seller_message: decline
      ? 'The bank did not return any further details with this decline.'
      : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  };
}

function cardDetails(
  intent: PaymentIntent,
  card: TestCard,
  created: number,
): Stripe.Charge.PaymentMethodDetails.Card {
  return {
    amount_authorized: card.decline ? null : intent.amount,
    authorization_code: null,
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    electronic_commerce_indicator: null,
    ...(intent.capture_method === 'manual' &&
      !card.decline && { capture_before: created + AUTHORISATION_SECONDS }),
    exp_month: 12,
    exp_year: expiryYear(created),
    funding: 'credit',
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
