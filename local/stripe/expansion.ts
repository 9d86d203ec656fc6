import { type Parameters } from './parameters';
import { balanceTransactionOf } from './balance-transaction';
import { type Charge, type Payment, type PaymentIntent, type Refund } from './payment';
import { EXPANDABLE, type ExpandableResource, MAXIMUM_EXPANSION_DEPTH, refusal } from './rules';
import { unsupportedLocally } from './stripe-error';

/** Properties from the outside in: `['latest_charge', 'refunds']`. */
export type ExpansionPath = readonly string[];

/** What each property that is played leads to. */
const LEADS_TO: Readonly<Record<string, ExpandableResource>> = {
  latest_charge: 'charge',
  charge: 'charge',
  payment_intent: 'payment_intent',
  refunds: 'refund',
  balance_transaction: 'balance_transaction',
};

/**
 * Reads `expand[]`.
 *
 * @param within `data` for lists
 * @throws StripeError 400 for a property that cannot be expanded, or not here
 */
export function expandParameter(
  parameters: Parameters<'expand'>,
  resource: ExpandableResource,
  within?: 'data',
): readonly ExpansionPath[] {
  return (parameters.strings('expand') ?? []).map((path) => {
    const steps = path.split('.');
    if (steps.length > MAXIMUM_EXPANSION_DEPTH) {
      throw refusal(
        'expand-depth',
        `You cannot expand more than ${MAXIMUM_EXPANSION_DEPTH} levels of a property. Property: ${path}`,
        'expand',
      );
    }
    const inside = within && steps[0] === within ? steps.slice(1) : steps;
    if (within && (inside === steps || inside.length === 0)) throw cannotBeExpanded(path);
    checkSteps(inside, resource, path);
    return inside;
  });
}

function checkSteps(steps: ExpansionPath, resource: ExpandableResource, path: string): void {
  const [step = '', ...rest] = steps;
  if (EXPANDABLE[resource].unplayed.includes(step))
    throw unsupportedLocally(`expansion of ${path}`, 'expand');
  if (!EXPANDABLE[resource].played.includes(step)) throw cannotBeExpanded(path);
  if (rest.length === 0) return;
  // Within a list, a path goes by its items.
  const inner = step === 'refunds' ? rest.slice(1) : rest;
  if (step === 'refunds' && (rest[0] !== 'data' || inner.length === 0)) throw cannotBeExpanded(path);
  checkSteps(inner, LEADS_TO[step]!, path);
}

function cannotBeExpanded(path: string) {
  return refusal('expand-unknown', `This property cannot be expanded (${path}).`, 'expand');
}

/** Puts whole objects in the place of the ids named. */
export function expandObject(
  object: PaymentIntent | Charge | Refund,
  payment: Payment,
  paths: readonly ExpansionPath[],
): object {
  return paths.reduce<object>((expanded, path) => expandPath(expanded, payment, path), object);
}

/** A property that another path has expanded already is expanded further where it is. */
function expandPath(object: object, payment: Payment, [property, ...rest]: ExpansionPath): object {
  if (property === undefined) return object;
  if (property === 'data') {
    const { data } = object as { data: object[] };
    return { ...object, data: data.map((item) => expandPath(item, payment, rest)) };
  }
  const present = (object as Record<string, unknown>)[property];
  const value = isObject(present) ? present : lookUp(property, object as Charge, payment);
  return { ...object, [property]: value && expandPath(value, payment, rest) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function lookUp(property: string, object: PaymentIntent | Charge | Refund, payment: Payment): object | null {
  if (property === 'payment_intent') return payment.intent;
  if (property === 'refunds') return refundsOf(object.id, payment);
  if (property === 'balance_transaction') return balanceTransactionOf(object as Charge);
  const id = object.object === 'payment_intent' ? object.latest_charge : (object as Refund).charge;
  return payment.charges.find((charge) => charge.id === id) ?? null;
}

/** Newest first, and 10 at most, as Stripe puts lists into objects. */
function refundsOf(chargeId: string, payment: Payment): object {
  const refunds = payment.refunds.filter((refund) => refund.charge === chargeId).toReversed();
  const url = `/v1/charges/${chargeId}/refunds`;
  return { object: 'list', data: refunds.slice(0, 10), has_more: refunds.length > 10, url };
}
