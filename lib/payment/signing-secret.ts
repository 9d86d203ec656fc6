import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { FunctionSecret, type FunctionSecretProps } from '../data/function-secret';

/**
 * What Stripe signs its events with. Not a field of the payment key's secret: the public endpoint is checked with it alone, and
 * a secret has one form. CloudFormation fills it with a placeholder, by which every event is refused, until a person puts in
 * what Stripe shows for the endpoint; while it is rolled, the old one and the new one.
 */
export class SigningSecret extends FunctionSecret {
  constructor(scope: Construct, id: string, { removalPolicy }: Pick<FunctionSecretProps, 'removalPolicy'>) {
    super(scope, id, {
      description: 'What Stripe signs its events with (whsec_…; several while it is rolled)',
      variable: ENVIRONMENT.stripeSigningSecret,
      rotatedByHand:
        'Stripe issues it: it is rolled in its dashboard, and the function takes the new one within minutes',
      removalPolicy,
    });
  }

  grantVerify(grantee: Function): void {
    this.give(grantee);
  }
}
