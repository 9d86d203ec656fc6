import { type CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Gives CDK's function that empties a stack's buckets a log group of the stack. Lambda would make one by itself, which no
 * stack deletes.
 */
export function ownLogOfAutoDelete(stack: Stack, retention: RetentionDays): void {
  const provider = stack.node.tryFindChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
  if (!provider) return;
  const { logGroupName } = new LogGroup(stack, 'AutoDeleteLog', {
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const handler = provider.node.findChild('Handler') as CfnResource;
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroupName });
}
