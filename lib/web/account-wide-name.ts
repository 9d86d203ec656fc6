import { Aws, Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';

/**
 * A name for what CloudFront names once in an account, for all its regions: with the region in it, as CDK's own has only the
 * path of the construct. At most 64 characters, which an origin access control and a function may have.
 */
export function accountWideName(scope: Construct, purpose: string): string {
  return `${Stage.of(scope)!.stageName}-${purpose}-${Aws.REGION}`;
}
