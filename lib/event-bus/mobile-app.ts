import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { type EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type Construct } from 'constructs';
import { PURCHASE_EVENT_NAMES } from '../../lambda/domain-event/purchase-events';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { type NodeFunction } from '../node-function';
import { FunctionConsumer } from './function-consumer';

export interface MobileAppProps {
  readonly bus: EventBus;
  /** UpdateApp. */
  readonly consumer: NodeFunction;
}

/**
 * The app on buyers' devices: the device of a purchase's buyer, and a topic to which the app subscribes each device that has it, for what
 * becomes of an event. Platform, endpoints and subscriptions are the app's, which makes them at run time.
 */
export class MobileApp extends FunctionConsumer {
  constructor(scope: Construct, id: string, { bus, consumer }: MobileAppProps) {
    super(scope, id, {
      ...{ bus, consumer },
      // A new event is no news to a device that has no ticket of it.
      events: [...PURCHASE_EVENT_NAMES, 'EventChanged', 'EventCancelled'],
      loss: 'The app shows tickets and events as they were until somebody opens it; messages to buyers are not affected.',
    });
    const topic = new Topic(this, 'Topic', { displayName: 'app', enforceSSL: true });
    topic.grantPublish(consumer);
    consumer.addEnvironment(ENVIRONMENT.appTopic, topic.topicArn);
    consumer.addToRolePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        resources: [Stack.of(this).formatArn({ service: 'sns', resource: 'endpoint', resourceName: '*' })],
      }),
    );
    Validations.of(consumer.role!).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:endpoint/*]',
      reason: "Each buyer's device is an endpoint of its own, and the app registers it, not this stack",
    });
    // To which the app subscribes its devices.
    new CfnOutput(Stack.of(this), 'AppTopicArn', { value: topic.topicArn });
  }
}
