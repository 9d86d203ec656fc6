import { type OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';

/** What a payment provider refuses for good: the card, or us. Thrown by the gateway, returned by the step. */
export class PaymentRefusal extends Problem<
  'PaymentDeclined' | 'PaymentActionRequired' | 'AuthenticationFailed' | 'PaymentNotPossible'
> {}

/** Our request, our key or our account is wrong: nobody can pay, and to try again does not help. */
export class PaymentNotPossible extends PaymentRefusal {
  constructor(override readonly facts: NonNullable<OwnError['facts']>) {
    super('PaymentNotPossible');
  }
}
