import { ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * The URL of the one queue of a stack with this logical id. CloudFormation names a queue `<stack>-<logical id>-<random>`.
 *
 * @throws Error when there is none, or more than one
 */
export async function findQueue(sqs: SQSClient, stackName: string, logicalId: string): Promise<string> {
  const prefix = `${stackName}-${logicalId}`;
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  const [url] = QueueUrls;
  if (url && QueueUrls.length === 1) return url;
  const region = await sqs.config.region();
  throw new Error(`${QueueUrls.length} queues of region ${region} have a name that begins with ${prefix}`);
}
