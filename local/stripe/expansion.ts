import { type Parameters } from './parameters';
import { latestCharge, type Charge, type Payment, type PaymentIntent, type Refund } from './payment';
import { unsupportedLocally } from './stripe-error';

type Expandable = 'latest_charge' | 'latest_charge.refunds' | 'charge' | 'payment_intent';

/**
 * Reads `expand[]`.
 *
 * @param within `data.` for lists
 * @throws StripeError 400 for a property that cannot be expanded here
 */
export function expandParameter(
  parameters: Parameters,
  expandable: readonly Expandable[],
  within = '',
): readonly Expandable[] {
  return (parameters.strings('expand') ?? []).map((path) => {
    const property = expandable.find((candidate) => within + candidate === path);
    if (!property) throw unsupportedLocally(`expansion of ${path}`, 'expand');
    return property;
  });
}

/** Puts whole objects in the place of the ids named. */
export function expandObject(
  object: PaymentIntent | Charge | Refund,
  payment: Payment,
  properties: readonly Expandable[],
): object {
  return {
    ...object,
    ...Object.fromEntries(properties.map((name) => [propertyOf(name), expanded(name, object, payment)])),
  };
}

/** `latest_charge` of `latest_charge.refunds`. */
function propertyOf(name: Expandable): string {
  return name.split('.')[0]!;
}

function expanded(
  name: Expandable,
  object: PaymentIntent | Charge | Refund,
  payment: Payment,
): object | null {
  switch (name) {
    case 'payment_intent':
      return payment.intent;
    case 'latest_charge':
      return latestCharge(payment) ?? null;
    case 'latest_charge.refunds':
      return chargeWithRefunds(payment);
    case 'charge':
      return payment.charges.find(({ id }) => object.object === 'refund' && id === object.charge) ?? null;
  }
}

/** Newest first, and 10 at most, as Stripe puts lists into objects. */
function chargeWithRefunds(payment: Payment): object | null {
  const charge = latestCharge(payment);
  if (!charge) return null;
  const refunds = payment.refunds.filter((refund) => refund.charge === charge.id).toReversed();
  const url = `/v1/charges/${charge.id}/refunds`;
  return {
    ...charge,
    refunds: { object: 'list', data: refunds.slice(0, 10), has_more: refunds.length > 10, url },
  };
}
