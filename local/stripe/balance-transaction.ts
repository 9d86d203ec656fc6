import type Stripe from 'stripe';
import { type Charge } from './payment';

/** What this server keeps of a charge, as Stripe does of a European card: 1.5 % and 25 minor units, and never more than there is. */
function feeOf(captured: number): number {
  return Math.min(captured, Math.round(captured * 0.015) + 25);
}

/** "The balance transaction object" of a charge, in its own currency; null before money has moved. */
export function balanceTransactionOf(charge: Charge): Stripe.BalanceTransaction | null {
  const { id, amount_captured: amount, balance_transaction: transaction, created, currency } = charge;
  if (typeof transaction !== 'string') return null;
  const fee = feeOf(amount);
  return {
    id: transaction,
    object: 'balance_transaction',
    amount,
    available_on: created,
    balance_type: 'payments',
    created,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: [
      { amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' },
    ],
    net: amount - fee,
    reporting_category: 'charge',
    source: id,
    status: 'available',
    type: 'charge',
  };
}
