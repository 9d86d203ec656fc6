import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { FunctionSecret, type FunctionSecretProps } from '../data/function-secret';

/**
 * Stripe's secret key. CloudFormation fills the secret with a random placeholder, which Stripe refuses; a person puts the
 * key in, so no template ever holds it.
 */
export class PaymentSecret extends FunctionSecret {
  constructor(scope: Construct, id: string, { removalPolicy }: Pick<FunctionSecretProps, 'removalPolicy'>) {
    super(scope, id, {
      description: "Stripe's secret key (sk_… or rk_…)",
      variable: ENVIRONMENT.stripeSecret,
      rotatedByHand:
        'Stripe issues the key: it is rolled in its dashboard, and the functions take the new one within minutes',
      removalPolicy,
    });
  }

  /** Take payments and give them back. */
  grantPay(grantee: Function): void {
    this.give(grantee);
  }
}
