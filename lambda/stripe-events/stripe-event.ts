import * as z from 'zod/mini';
import { Problem } from '../shared/problem';

/** What this endpoint is to be sent, and listens to ("Types of events", read November 2026). */
export const STRIPE_EVENTS = [
  ...(['charge.refunded', 'charge.refund.updated'] as const),
  ...(['refund.created', 'refund.updated', 'refund.failed'] as const),
  ...(['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'] as const),
  ...(['charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated'] as const),
] as const;

const paymentIntentId = z.string().check(z.regex(/^pi_\w{1,100}$/));

/** Of an event, what says which payment to read. The rest is Stripe's, may change, and is not believed. */
export const stripeEventSchema = z.object({
  object: z.literal('event'),
  type: z.string(),
  livemode: z.boolean(),
  /** Of an account that is connected to ours, if it is not about ours. */
  account: z.optional(z.string()),
  data: z.object({ object: z.looseObject({ payment_intent: z.optional(z.unknown()) }) }),
});

export interface StripeEvent {
  readonly type: string;
  readonly livemode: boolean;
  readonly isOurAccount: boolean;
  /** Undefined for what is about no payment intent. */
  readonly paymentIntentId?: string;
}

/** @throws Problem ValidationFailed for what is no event of Stripe's; it repeats nothing of it */
export function parseEvent(body: Buffer): StripeEvent {
  const result = z.safeParse(stripeEventSchema, jsonOf(body));
  if (!result.success) throw new Problem('ValidationFailed', 'The body is no event of Stripe.');
  const { type, livemode, account, data } = result.data;
  const intent = z.safeParse(paymentIntentId, data.object.payment_intent);
  return {
    ...{ type, livemode, isOurAccount: account === undefined },
    ...(intent.success && { paymentIntentId: intent.data }),
  };
}

export function isHeard({ type }: Pick<StripeEvent, 'type'>): boolean {
  return STRIPE_EVENTS.some((heard) => heard === type);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
