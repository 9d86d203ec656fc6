import { UnsupportedLocally } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { type SubscriptionOptions } from '../sns/subscription';
import { physicalName } from './physical-name';

export function messagingTypes({ sns, sqs }: Services): Record<string, ResourceType> {
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

    'AWS::SNS::Topic': {
      properties: ['FifoTopic'],
      withoutLocalEffect: ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TracingConfig'],
      create(request) {
        const name = physicalName(request, 256);
        if (String(request.properties.FifoTopic) === 'true')
          throw new UnsupportedLocally(`The FIFO topic ${name}`);
        const arn = sns.createTopic(name);
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
    },

    'AWS::SNS::Subscription': {
      properties: [
        'Endpoint',
        'FilterPolicy',
        'FilterPolicyScope',
        'Protocol',
        'RawMessageDelivery',
        'RedrivePolicy',
        'TopicArn',
      ],
      create({ properties }) {
        const ref = sns.subscribe(properties.TopicArn as string, {
          protocol: properties.Protocol as SubscriptionOptions['protocol'],
          endpoint: properties.Endpoint as string,
          rawMessageDelivery: properties.RawMessageDelivery as boolean | undefined,
          filterPolicy: properties.FilterPolicy as unknown,
          filterPolicyScope: properties.FilterPolicyScope as SubscriptionOptions['filterPolicyScope'],
          redrivePolicy: properties.RedrivePolicy as SubscriptionOptions['redrivePolicy'],
        });
        return { ref };
      },
    },
  };
}
