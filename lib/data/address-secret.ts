import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { MIN_KEY_LENGTH } from '../../lambda/shared/address-hash';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { FunctionSecret, type FunctionSecretProps } from './function-secret';

/**
 * What e-mail addresses are hashed with, so that purchases and orders are found by them: CloudFormation generates it. It is data:
 * without it nothing that is stored is found by its buyer's address.
 */
export class AddressSecret extends FunctionSecret {
  constructor(scope: Construct, id: string, { removalPolicy }: Pick<FunctionSecretProps, 'removalPolicy'>) {
    super(scope, id, {
      description: 'The key that e-mail addresses are hashed with, to be found by',
      // A change of these would make CloudFormation generate the secret anew, and so lose the key before.
      generateSecretString: { passwordLength: MIN_KEY_LENGTH, excludePunctuation: true },
      variable: ENVIRONMENT.addressSecret,
      rotatedByHand:
        'What is stored is found by the key it was hashed with, so a rotation must keep the keys before: a person adds one',
      removalPolicy,
    });
  }

  /** Hash an address. */
  grantHash(grantee: Function): void {
    this.give(grantee);
  }
}
