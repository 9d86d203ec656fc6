import { systemClock } from '../shared/clock';
import { measure } from '../shared/measure';
import { type MetricDimensions } from '../shared/metrics';
import { type ProblemCode } from '../shared/problem';
import { type Purchase } from './purchase';

type Authentication = MetricDimensions['authentication'];

/** What a purchase fails with that has waited for its buyer. Any other code is a fault of ours. */
const ENDS: Readonly<Partial<Record<ProblemCode, Exclude<Authentication, 'asked' | 'authenticated'>>>> = {
  PAYMENT_DECLINED: 'declined',
  AUTHENTICATION_FAILED: 'failed',
  AUTHENTICATION_EXPIRED: 'expired',
  ABANDONED: 'abandoned',
};

/** Counts a buyer whom the bank wants. */
export function measureAsked(): void {
  measure({ Authentications: 1 }, { authentication: 'asked' });
}

/** Counts one who has got past the bank, and whose payment is taken. A step that is repeated after it may count again. */
export function measureAuthenticated(purchase: Purchase): void {
  measureEnd('authenticated', purchase);
}

/** Counts one with whom the purchase has failed. Nothing, where the bank never asked. */
export function measureUnauthenticated(purchase: Purchase): void {
  const end = purchase.authenticateBy === undefined ? undefined : ENDS[purchase.failure!.code];
  if (end) measureEnd(end, purchase);
}

function measureEnd(authentication: Authentication, { createdAt }: Purchase): void {
  measure(
    { Authentications: 1, AuthenticationTime: systemClock.nowSeconds() - createdAt },
    { authentication },
  );
}
