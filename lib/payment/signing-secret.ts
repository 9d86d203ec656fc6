import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { grantSecretValue } from '../data/secret-value';

export interface SigningSecretProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What Stripe signs its events with. Not a field of the payment key's secret: the public endpoint is checked with it alone, and
 * a secret has one form. CloudFormation fills it with a placeholder, by which every event is refused, until a person puts in
 * what Stripe shows for the endpoint; while it is rolled, the old one and the new one.
 */
export class SigningSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: SigningSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: 'What Stripe signs its events with (whsec_…; several while it is rolled)',
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Stripe issues it: it is rolled in its dashboard, and the function takes the new one within minutes',
    });
  }

  grantVerify(grantee: Function): void {
    grantSecretValue(this.secret, grantee);
    grantee.addEnvironment(ENVIRONMENT.stripeSigningSecret, this.secret.secretArn);
  }
}
