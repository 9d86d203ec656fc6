import type Stripe from 'stripe';

/** What is compared of an answer: path → value, as the gateway reads it. An id is replaced by its kind: `pi`. */
export type Fields = Readonly<Record<string, unknown>>;

type Answer = Readonly<Record<string, unknown>>;

/**
 * The fields of an answer that the gateway reads, and no others: the gateway cannot tell apart two servers that agree in
 * these. Of a list, only the payments of this run count, because the account has others.
 *
 * @param stage of the run's payments
 */
export function readFields(answer: unknown, stage: string): Fields {
  if (!isAnswer(answer)) return { body: typeof answer };
  if (isAnswer(answer.error))
    return flat('error', pick(answer.error, ['type', 'code', 'decline_code', 'param']));
  if (answer.object === 'list') return listFields(answer, stage);
  return objectFields(answer);
}

function listFields({ object, data }: Answer, stage: string): Fields {
  const ours = (Array.isArray(data) ? (data as Answer[]) : []).filter((item) => stageOf(item) === stage);
  return Object.assign(
    { object, 'data.length': ours.length },
    ...ours.map((item, index) => flat(`data.${index}`, objectFields(item))),
  ) as Fields;
}

/** Of a payment, or of the payment that a refund is of. */
function stageOf(item: Answer): unknown {
  const payment = item.object === 'refund' ? item.payment_intent : item;
  return isAnswer(payment) && isAnswer(payment.metadata) ? payment.metadata.stage : undefined;
}

function objectFields(item: Answer): Fields {
  switch (item.object as Stripe.PaymentIntent['object'] | Stripe.Refund['object'] | undefined) {
    case 'payment_intent':
      return intentFields(item);
    case 'refund': {
      const { charge, payment_intent: intent } = item;
      return {
        ...kind(item),
        ...pick(item, ['status']),
        ...(isAnswer(charge) && flat('charge', pick(charge, ['refunded']))),
        ...(isAnswer(intent) && flat('payment_intent', intentFields(intent))),
      };
    }
    default:
      return kind(item);
  }
}

function intentFields(intent: Answer): Fields {
  const { last_payment_error: failure, latest_charge: charge, metadata } = intent;
  return {
    ...kind(intent),
    ...pick(intent, ['status', 'cancellation_reason']),
    created: typeof intent.created,
    ...(isAnswer(failure)
      ? flat('last_payment_error', pick(failure, ['code', 'decline_code']))
      : { last_payment_error: failure ?? null }),
    ...(isAnswer(charge) && flat('latest_charge', chargeFields(charge))),
    ...(isAnswer(metadata) && flat('metadata', metadata)),
  };
}

function chargeFields(charge: Answer): Fields {
  const refunds = isAnswer(charge.refunds) && Array.isArray(charge.refunds.data) ? charge.refunds.data : [];
  const statuses = (refunds as Answer[]).map(({ status }, index) => [`refunds.${index}.status`, status]);
  return { refunded: charge.refunded, ...(Object.fromEntries(statuses) as Fields) };
}

function kind({ id, object }: Answer): Fields {
  return { id: typeof id === 'string' ? id.split('_')[0] : id, object };
}

/** A field that is missing and one that is null are the same to the gateway. */
function pick(object: Answer, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
}

function flat(prefix: string, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
