import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { MIN_KEY_LENGTH } from '../../lambda/shared/address-hash';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { grantSecretValue } from './secret-value';

export interface AddressSecretProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What e-mail addresses are hashed with, so that purchases and orders are found by them: CloudFormation generates it. It is data:
 * without it nothing that is stored is found by its buyer's address.
 */
export class AddressSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: AddressSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: 'The key that e-mail addresses are hashed with, to be found by',
      // A change of these would make CloudFormation generate the secret anew, and so lose the key before.
      generateSecretString: { passwordLength: MIN_KEY_LENGTH, excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'What is stored is found by the key it was hashed with, so a rotation must keep the keys before: a person adds one',
    });
  }

  /** Hash an address. */
  grantHash(grantee: Function): void {
    grantSecretValue(this.secret, grantee);
    grantee.addEnvironment(ENVIRONMENT.addressSecret, this.secret.secretArn);
  }
}
