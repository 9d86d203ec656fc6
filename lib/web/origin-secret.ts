import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER } from '../../lambda/shared/viewer-address';

export { ORIGIN_SECRET_HEADER };

/**
 * Proves to the firewall and to the API that a request came through CloudFront: CloudFront writes the viewer's address into a
 * header, but anyone who calls the API directly can write that header too.
 *
 * CloudFormation generates it and fills it in wherever it is used, when it changes that resource: the templates hold a reference.
 * A new value reaches none of them by itself, and no deployment reaches all at once. Whoever may read the settings of
 * CloudFront, of the firewall or of the API's method sees it ("Get a secret or secret value from Secrets Manager", CloudFormation
 * User Guide, read November 2026).
 */
export class OriginSecret extends Secret {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: `The header ${ORIGIN_SECRET_HEADER} of CloudFront's requests for the API`,
      // A change of these would make CloudFormation generate the secret anew, and no side would notice.
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Rotated by itself, it would part firewall and API from CloudFront, and buyers would be counted by the addresses of ' +
        'CloudFront until all are deployed; who learns it can evade a limit per address, and nothing else',
    });
  }

  /** A dynamic reference: CloudFormation puts the value in, where it takes no part in the template. */
  get reference(): string {
    return this.secretValue.unsafeUnwrap();
  }
}
