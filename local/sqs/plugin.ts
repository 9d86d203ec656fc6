import { definePlugin } from '../core/plugin';
import { sqsTypes } from './resource-types';
import { createSqsService } from './sqs-service';

export const SQS = definePlugin({
  name: 'sqs',
  start({ clock, endpointUrl, storage }) {
    const service = createSqsService({ clock, endpointUrl, journalFile: storage.journalFile('sqs') });
    return {
      service,
      resourceTypes: sqsTypes(service),
      endpoint: service,
      integrations: {
        'sqs:sendMessage': {
          parameters: ['QueueUrl', 'MessageBody'],
          required: ['QueueUrl', 'MessageBody'],
          async call({ QueueUrl, MessageBody }) {
            return { MessageId: service.queueAt(String(QueueUrl)).send(MessageBody).id };
          },
        },
      },
      reset: () => service.reset(),
    };
  },
});
