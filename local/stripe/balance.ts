import { type Payment, type Refund } from './payment';
import { settlementOf } from './refund-settlement';
import { refusal } from './rules';
import { type StripeError } from './stripe-error';
import { type TestCard } from './test-cards';

/**
 * How far the account's balance goes.
 *
 * - `sufficient`: refunds are made.
 * - `empty`: a card's refund waits, `pending` with `insufficient_funds`, until the balance is sufficient again ("Refund and cancel
 *   payments", https://docs.stripe.com/refunds; "Adds a field explaining why refunds are pending", changelog 2025-04-30; both read
 *   November 2026). If its payment is disputed meanwhile, it fails ("Pending refunds due to insufficient or negative account
 *   balance", support.stripe.com, read November 2026).
 * - `overdrawn`: a refund is refused, as it is beyond a limit that differs by account. No page says so; others have met it
 *   (github.com/Automattic/woocommerce-payments/issues/10025).
 */
export const BALANCES = ['sufficient', 'empty', 'overdrawn'] as const;
export type Balance = (typeof BALANCES)[number];

const WAITING = 'insufficient_funds';

export function isUnfunded({ status, pending_reason: why }: Refund): boolean {
  return status === 'pending' && why === WAITING;
}

/** The refund as it waits for the balance: its card says later what becomes of it. */
export function unfunded(refund: Refund): Refund {
  return { ...refund, pending_reason: WAITING, status: 'pending' };
}

/** A refund as Stripe makes it of this card. */
export function made({ pending_reason: _, ...refund }: Refund, card: TestCard): Refund {
  if (card.refund !== 'pending_then_succeeds') return { ...refund, status: 'succeeded' };
  return { ...refund, pending_reason: 'processing', status: 'pending' };
}

/**
 * The payment once the balance covers its refunds.
 *
 * @param now milliseconds since the epoch
 * @returns undefined where none has waited
 */
export function funded(
  payment: Payment,
  now: number,
  cardOf: (refund: Refund) => TestCard,
): Payment | undefined {
  const waiting = payment.refunds.filter(isUnfunded);
  if (waiting.length === 0) return undefined;
  const due = waiting.flatMap((refund) => settlementOf(refund, cardOf(refund), now));
  return {
    ...payment,
    refunds: payment.refunds.map((refund) => (isUnfunded(refund) ? made(refund, cardOf(refund)) : refund)),
    settlements: [...payment.settlements, ...due],
  };
}

export function overdrawn(): StripeError {
  return refusal(
    'balance-overdrawn',
    'Insufficient funds in your Stripe balance to refund this amount.',
    undefined,
    { message_code: 'insufficient_balance_for_refund' },
  );
}
