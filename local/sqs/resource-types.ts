import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { type SqsService } from './sqs-service';

export function sqsTypes(sqs: SqsService): Record<string, ResourceType> {
  return {
    'AWS::SQS::Queue': {
      properties: [
        'DelaySeconds',
        'FifoQueue',
        'MaximumMessageSize',
        'MessageRetentionPeriod',
        'ReceiveMessageWaitTimeSeconds',
        'RedrivePolicy',
        'Tags',
        'VisibilityTimeout',
      ],
      withoutLocalEffect: ['KmsMasterKeyId', 'SqsManagedSseEnabled'],
      create(request) {
        const name = physicalName(request, 80);
        const { Tags = [], ...attributes } = request.properties;
        const queue = sqs.createQueue(name, attributes);
        const { arn, url } = queue;
        for (const { Key, Value } of Tags as { Key: string; Value: string }[]) queue.tags.set(Key, Value);
        return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
      },
    },
    'AWS::SQS::QueuePolicy': withoutEffect(['PolicyDocument', 'Queues']),
  };
}
