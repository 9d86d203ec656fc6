import { made, overdrawn, unfunded } from './balance';
import { isChargedBack } from './disputes';
import { expandObject, expandParameter } from './expansion';
import { formatAmount, positiveAmount } from './money';
import { type ExecutionContext, type Operation } from './operation';
import { parametersOf } from './parameters';
import {
  cardOf,
  type Charge,
  latestCharge,
  type Payment,
  type Refund,
  type RefundSettlement,
  replaceCharge,
} from './payment';
import { settlementOf } from './refund-settlement';
import { refusal } from './rules';
import { unsupportedLocally } from './stripe-error';
import { stripeId } from './stripe-id';
import { testCard } from './test-cards';

interface Refundable {
  readonly payment: Payment;
  readonly charge: Charge;
}

/** POST /v1/refunds: gives back a captured charge, in one or several parts. */
export const createRefund: Operation = {
  name: 'refunds.create',
  method: 'POST',
  path: /^\/v1\/refunds$/,
  prepare(form) {
    const parameters = parametersOf('refunds.create', form);
    const intentId = parameters.string('payment_intent');
    const chargeId = parameters.string('charge');
    const requested = positiveAmount(parameters, 'amount');
    const metadata = parameters.metadata();
    const reason = parameters.oneOf('reason') ?? null;
    const expand = expandParameter(parameters, 'refund');
    const find = refundTarget(intentId, chargeId);

    return ({ payments, now }) => {
      const { payment, charge } = find(payments);
      if (isChargedBack(payment)) throw chargedBack(charge);
      const amount = refundAmount(charge, requested);
      if (payments.balance === 'overdrawn') throw overdrawn();
      const card = testCard(cardOf(payment, charge.payment_method!))!;
      const asked = newRefund(charge, { amount, metadata, reason, now });
      const isFunded = payments.balance === 'sufficient';
      const refund = isFunded ? made(asked, card) : unfunded(asked);
      const refunded = withRefund(payment, charge, refund, isFunded ? settlementOf(refund, card, now) : []);
      return { changed: refunded, answer: expandObject(refund, refunded, expand) };
    };
  },
};

function refundTarget(intentId: string | undefined, chargeId: string | undefined) {
  if (intentId !== undefined && chargeId !== undefined) {
    throw refusal('refund-target', 'You may only specify one of these parameters: charge, payment_intent.');
  }
  if (intentId === undefined && chargeId === undefined) {
    throw refusal(
      'parameter-missing',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  return (payments: ExecutionContext['payments']): Refundable => {
    const payment = intentId === undefined ? payments.findByCharge(chargeId!) : payments.find(intentId);
    if (!payment) {
      throw intentId === undefined
        ? refusal('no-such-reference', `No such charge: '${chargeId}'`, 'charge')
        : refusal('no-such-reference', `No such payment_intent: '${intentId}'`, 'payment_intent');
    }
    const charge =
      chargeId === undefined ? latestCharge(payment) : payment.charges.find(({ id }) => id === chargeId);
    if (charge?.status !== 'succeeded' || payment.intent.status === 'canceled') {
      throw nothingToRefund(payment);
    }
    if (!charge.captured) {
      throw unsupportedLocally('refund of an uncaptured charge (cancel the PaymentIntent instead)');
    }
    return { payment, charge };
  };
}

function nothingToRefund({ intent }: Payment) {
  return refusal(
    'nothing-to-refund',
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    'payment_intent',
  );
}

function chargedBack({ id }: Charge) {
  return refusal('charge-disputed', `Charge ${id} has been charged back; cannot issue a refund.`);
}

/** Stripe gives the too large refund no code, only the fully refunded charge has one. */
function refundAmount(charge: Charge, requested: number | undefined): number {
  const refundable = charge.amount - charge.amount_refunded;
  if (refundable === 0) {
    throw refusal('already-refunded', `Charge ${charge.id} has already been refunded.`);
  }
  if (requested === undefined || requested <= refundable) return requested ?? refundable;
  const [asked, left] = [requested, refundable].map((amount) => formatAmount(amount, charge.currency));
  throw refusal(
    'refund-too-large',
    `Refund amount (${asked}) is greater than unrefunded amount on charge (${left})`,
    'amount',
  );
}

interface RefundTerms {
  readonly amount: number;
  readonly metadata: Record<string, string>;
  readonly reason: Refund['reason'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function newRefund(charge: Charge, { amount, metadata, reason, now }: RefundTerms): Refund {
  return {
    id: stripeId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: Math.floor(now / 1000),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { type: 'card', card: { type: 'refund' } },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'pending',
    transfer_reversal: null,
  };
}

function withRefund(
  payment: Payment,
  charge: Charge,
  refund: Refund,
  settlements: readonly RefundSettlement[],
): Payment {
  const amountRefunded = charge.amount_refunded + refund.amount;
  const changed = { ...charge, amount_refunded: amountRefunded, refunded: amountRefunded === charge.amount };
  return {
    ...payment,
    charges: replaceCharge(payment.charges, changed),
    refunds: [...payment.refunds, refund],
    settlements: [...payment.settlements, ...settlements],
  };
}
