import type Stripe from 'stripe';
import { isUnfunded } from './balance';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { type Dispute, latestCharge, type Payment, replaceCharge } from './payment';
import { failRefund } from './refund-settlement';
import { refusal } from './rules';
import { stripeId } from './stripe-id';

/** Banks give 7 to 21 days ("How disputes work", https://docs.stripe.com/disputes/how-disputes-work, read November 2026). */
const EVIDENCE_SECONDS = 7 * 86_400;

/** What has become of a dispute: evidence is with the bank, or the bank has decided. */
export type DisputeOutcome = 'under_review' | 'won' | 'lost';

/** While it lasts, and once it is lost, the bank has the money: it cannot be given back as well. */
export function isChargedBack({ disputes = [] }: Payment): boolean {
  return disputes.some(({ status }) => status !== 'won');
}

/**
 * The payment with a dispute of what is left of it.
 *
 * @param created seconds since the epoch
 * @returns undefined where there is nothing to dispute, or a dispute is open
 */
export function disputed(payment: Payment, created: number): Payment | undefined {
  const unrefunded = withoutUnfunded(payment);
  const charge = latestCharge(unrefunded);
  const left = charge && charge.amount_captured - charge.amount_refunded;
  if (!charge?.captured || !left || isChargedBack(payment)) return undefined;
  const dispute = newDispute(payment, left, created);
  return {
    ...unrefunded,
    charges: replaceCharge(unrefunded.charges, { ...charge, disputed: true }),
    disputes: [...(payment.disputes ?? []), dispute],
  };
}

/** What waits for our balance has not left us, and fails. */
function withoutUnfunded(payment: Payment): Payment {
  return payment.refunds
    .filter(isUnfunded)
    .reduce((each, { id }) => failRefund(each, id, 'charge_for_pending_refund_disputed'), payment);
}

/** @returns undefined where no dispute is open */
export function disputeDecided(payment: Payment, status: DisputeOutcome): Payment | undefined {
  const { disputes = [] } = payment;
  const open = disputes.find((dispute) => dispute.status !== 'won' && dispute.status !== 'lost');
  if (!open) return undefined;
  const evidence = { ...open.evidence_details, has_evidence: true, submission_count: 1 };
  const decided = { ...open, status, evidence_details: evidence };
  return { ...payment, disputes: disputes.map((each) => (each.id === open.id ? decided : each)) };
}

export const listDisputes: Operation = {
  name: 'disputes.list',
  method: 'GET',
  path: /^\/v1\/disputes$/,
  prepare(form) {
    const parameters = parametersOf('disputes.list', form);
    const intentId = parameters.string('payment_intent');
    const chargeId = parameters.string('charge');
    const page = pageParameters(parameters);

    return ({ payments }) => {
      if (intentId !== undefined && !payments.find(intentId)) {
        throw refusal('no-such-reference', `No such payment_intent: '${intentId}'`, 'payment_intent');
      }
      if (chargeId !== undefined && !payments.findByCharge(chargeId)) {
        throw refusal('no-such-reference', `No such charge: '${chargeId}'`, 'charge');
      }
      const found = allDisputes(payments)
        .filter((dispute) => intentId === undefined || dispute.payment_intent === intentId)
        .filter((dispute) => chargeId === undefined || dispute.charge === chargeId);
      return { answer: listPage('dispute', found, page) };
    };
  },
};

export const retrieveDispute: Operation = {
  name: 'disputes.retrieve',
  method: 'GET',
  path: /^\/v1\/disputes\/([^/]+)$/,
  prepare(form, id) {
    parametersOf('disputes.retrieve', form);

    return ({ payments }) => {
      const dispute = allDisputes(payments).find((candidate) => candidate.id === id);
      if (!dispute) throw refusal('no-such-object', `No such dispute: '${id}'`, 'id');
      return { answer: dispute };
    };
  },
};

function allDisputes(payments: { all(): Payment[] }): Dispute[] {
  return payments
    .all()
    .flatMap(({ disputes = [] }) => disputes)
    .sort((one, other) => one.created - other.created);
}

const EVIDENCE = [
  ...(['access_activity_log', 'billing_address', 'cancellation_policy'] as const),
  ...(['cancellation_policy_disclosure', 'cancellation_rebuttal', 'customer_communication'] as const),
  ...(['customer_email_address', 'customer_name', 'customer_purchase_ip', 'customer_signature'] as const),
  ...(['duplicate_charge_documentation', 'duplicate_charge_explanation', 'duplicate_charge_id'] as const),
  ...(['product_description', 'receipt', 'refund_policy', 'refund_policy_disclosure'] as const),
  ...(['refund_refusal_explanation', 'service_date', 'service_documentation', 'shipping_address'] as const),
  ...(['shipping_carrier', 'shipping_date', 'shipping_documentation', 'shipping_tracking_number'] as const),
  ...(['uncategorized_file', 'uncategorized_text'] as const),
];

function newDispute({ intent }: Payment, amount: number, created: number): Dispute {
  return {
    id: stripeId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: intent.latest_charge!,
    created,
    currency: intent.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...(Object.fromEntries(EVIDENCE.map((name) => [name, null])) as Record<
        (typeof EVIDENCE)[number],
        null
      >),
      enhanced_evidence: {},
    } satisfies Stripe.Dispute.Evidence,
    evidence_details: {
      due_by: created + EVIDENCE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: intent.id,
    reason: 'fraudulent',
    status: 'needs_response',
  };
}
