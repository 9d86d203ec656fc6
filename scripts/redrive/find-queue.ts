import { ListQueueTagsCommand, paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import { REDRIVE_TAG } from '../../lib/notification/redrive-tag';

/**
 * The URL of the one queue of this stage that is tagged for it.
 *
 * @throws Error when there is none, or more than one
 */
export async function findQueue(sqs: SQSClient, stageName: string, queue: string): Promise<string> {
  const tag = `${stageName}/${queue}`;
  const found: string[] = [];
  // CloudFormation begins a name with the stack's, however much of the rest it cuts.
  for await (const { QueueUrls = [] } of paginateListQueues(
    { client: sqs },
    { QueueNamePrefix: 'EventPro-' },
  )) {
    for (const url of QueueUrls) {
      const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
      if (Tags?.[REDRIVE_TAG] === tag) found.push(url);
    }
  }
  const [url] = found;
  if (url && found.length === 1) return url;
  const region = await sqs.config.region();
  throw new Error(
    `${found.length} queues of region ${region} have the tag ${REDRIVE_TAG} with the value ${tag}`,
  );
}
