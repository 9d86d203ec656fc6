import { Problem, type ProblemCode, type ProblemName, PROBLEMS } from '../shared/problem';
import { PurchaseAlreadyAnswered } from '../shared/saga-errors';
import { type Purchase } from './purchase';
import { purchaseAnswer } from './purchase-answer';

/** Why a purchase may be undone although nothing went wrong: it ends with this, and with nothing else. */
const GIVEN_UP = ['AuthenticationExpired', 'Abandoned'] as const satisfies readonly ProblemName[];

export type RecordedAnswer =
  PurchaseAlreadyAnswered | Problem<'PurchaseInProgress' | 'PurchaseCancelled' | (typeof GIVEN_UP)[number]>;

/**
 * What the record says to a request for a purchase that is another execution's, or nobody's any more.
 *
 * @param now seconds since the epoch
 */
export function recordedAnswer(purchase: Purchase, now: number): RecordedAnswer {
  const { status, failure, authenticateBy = 0 } = purchase;
  switch (status) {
    case 'CONFIRMED':
    case 'FAILED':
      return new PurchaseAlreadyAnswered(purchaseAnswer(purchase));
    case 'AWAITING_AUTHENTICATION':
      // After that nobody may take it up, and recovery will undo it.
      if (authenticateBy <= now) return new Problem('AuthenticationExpired');
      return new PurchaseAlreadyAnswered(purchaseAnswer(purchase));
    case 'COMPENSATING':
      return new Problem(givenUp(failure?.code) ?? 'PurchaseInProgress');
    case 'CANCELLING':
    case 'CANCELLED':
      return new Problem('PurchaseCancelled');
    case 'PENDING':
    case 'PAID':
      return new Problem('PurchaseInProgress');
  }
}

function givenUp(code: ProblemCode | undefined) {
  return GIVEN_UP.find((name) => PROBLEMS[name].code === code);
}
