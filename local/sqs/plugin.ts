import { definePlugin } from '../core/plugin';
import { queueRoutes } from './queue-routes';
import { sqsTypes } from './resource-types';
import { createSqsService } from './sqs-service';

export const SQS = definePlugin({
  name: 'sqs',
  start({ clock, endpointUrl, storage, tell }) {
    const service = createSqsService({
      ...{ clock, endpointUrl, journalFile: storage.journalFile('sqs') },
      onChange: () => tell('queues', () => ({})),
    });
    return {
      service,
      resourceTypes: sqsTypes(service),
      endpoint: service,
      routes: queueRoutes(service),
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
