import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { grantSecretValue } from '../data/secret-value';

export interface PaymentSecretProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Stripe's secret key. CloudFormation fills the secret with a random placeholder, which Stripe refuses; a person puts the
 * key in, so no template ever holds it.
 */
export class PaymentSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: PaymentSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: "Stripe's secret key (sk_… or rk_…)",
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Stripe issues the key: it is rolled in its dashboard, and the functions take the new one within minutes',
    });
  }

  /** Take payments and give them back. */
  grantPay(grantee: Function): void {
    grantSecretValue(this.secret, grantee);
    grantee.addEnvironment(ENVIRONMENT.stripeSecret, this.secret.secretArn);
  }
}
