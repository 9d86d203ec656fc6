import { INBOX } from '../inbox/plugin';
import { LAMBDA } from '../lambda/plugin';
import { definePlugin } from '../core/plugin';
import { SQS } from '../sqs/plugin';
import { snsTypes } from './resource-types';
import { createSnsService } from './sns-service';

/** Nothing to forget: messages are delivered while they are published, and topics and subscriptions are kept. */
export const SNS = definePlugin({
  name: 'sns',
  needs: { functions: LAMBDA, inbox: INBOX, sqs: SQS },
  start({ clock, warn }, { functions, inbox, sqs }) {
    const service = createSnsService({
      ...{ clock, inbox, sqs },
      invokeAsync: async (arn, event) => void functions.invokeAsync(arn, event),
      onUndeliverable: ({ options }, error) => warn(`SNS could not deliver to ${options.endpoint}`, error),
    });
    return {
      service,
      resourceTypes: snsTypes(service),
      endpoint: service,
      integrations: {
        'sns:publish': {
          parameters: [
            ...[
              'Message',
              'MessageAttributes',
              'MessageStructure',
              'PhoneNumber',
              'Subject',
              'TargetArn',
              'TopicArn',
            ],
          ],
          required: ['Message'],
          call: (parameters) => service.publishFromJson(parameters),
        },
      },
    };
  },
});
