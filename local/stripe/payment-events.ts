import type Stripe from 'stripe';
import { type Payment } from './payment';
import { API_VERSION } from './rules';
import { stripeId } from './stripe-id';

/** An event as Stripe sends it: what it is about is as it was at that moment, whatever becomes of it later. */
export type PaymentEvent = Pick<
  Stripe.EventBase,
  'id' | 'object' | 'api_version' | 'created' | 'data' | 'livemode' | 'pending_webhooks' | 'request'
> & { readonly type: PaymentEventType };

export type PaymentEventType = Extract<
  Stripe.Event.Type,
  | ('charge.refunded' | 'charge.refund.updated' | 'refund.created' | 'refund.updated' | 'refund.failed')
  | ('charge.dispute.created' | 'charge.dispute.updated' | 'charge.dispute.closed')
  | ('charge.dispute.funds_withdrawn' | 'charge.dispute.funds_reinstated')
>;

/**
 * What Stripe tells of a change of a payment: of refunds and of disputes, by "Types of events"
 * (https://docs.stripe.com/api/events/types, read in November 2026). Payments and captures have events too, which nobody asks
 * for here.
 *
 * @param now milliseconds since the epoch
 */
export function paymentEvents(before: Payment | undefined, after: Payment, now: number): PaymentEvent[] {
  const event = (type: PaymentEventType, object: object): PaymentEvent => ({
    id: stripeId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: Math.floor(now / 1000),
    data: { object: object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  });
  return [...ofRefunds(before, after, event), ...ofDisputes(before, after, event)];
}

type MakeEvent = (type: PaymentEventType, object: object) => PaymentEvent;

function ofRefunds(before: Payment | undefined, after: Payment, event: MakeEvent): PaymentEvent[] {
  return after.refunds.flatMap((refund) => {
    const known = before?.refunds.find(({ id }) => id === refund.id);
    if (!known) {
      const charge = after.charges.find(({ id }) => id === refund.charge)!;
      return [event('charge.refunded', charge), event('refund.created', refund)];
    }
    if (known.status === refund.status) return [];
    const updated = [event('refund.updated', refund), event('charge.refund.updated', refund)];
    return refund.status === 'failed' ? [...updated, event('refund.failed', refund)] : updated;
  });
}

function ofDisputes(before: Payment | undefined, after: Payment, event: MakeEvent): PaymentEvent[] {
  return (after.disputes ?? []).flatMap((dispute) => {
    const known = before?.disputes?.find(({ id }) => id === dispute.id);
    if (!known) {
      return [event('charge.dispute.created', dispute), event('charge.dispute.funds_withdrawn', dispute)];
    }
    if (known.status === dispute.status) return [];
    switch (dispute.status) {
      case 'won':
        return [event('charge.dispute.closed', dispute), event('charge.dispute.funds_reinstated', dispute)];
      case 'lost':
        return [event('charge.dispute.closed', dispute)];
      default:
        return [event('charge.dispute.updated', dispute)];
    }
  });
}
