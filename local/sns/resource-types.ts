import { UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { type SnsService } from './sns-service';
import { type SubscriptionOptions } from './subscription';

export function snsTypes(sns: SnsService): Record<string, ResourceType> {
  return {
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
    'AWS::SNS::TopicPolicy': withoutEffect(['PolicyDocument', 'Topics']),
  };
}
