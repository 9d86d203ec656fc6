import { json, limitOf, type Routes } from '../http/route';
import { type Message } from './message';
import { type Queues } from './queues';

/** What every queue holds, and of which queues it is the dead-letter queue. Looking receives nothing. */
export function queueRoutes(queues: Queues): Routes {
  return {
    'GET /local/queues': (_, request) => {
      const limit = limitOf(request);
      return json(200, {
        queues: queues.list().map((queue) => ({
          ...{ name: queue.name, arn: queue.arn, tags: Object.fromEntries(queue.tags) },
          deadLettersOf: queues.sourcesOf(queue).map(({ name }) => name),
          ...queue.counts(),
          messages: queue.list().slice(0, limit).map(reported),
        })),
      });
    },
  };
}

function reported({ id, body, attributes, sentAt, receiveCount, deadLetterSource }: Message): object {
  return {
    ...{ id, body, receiveCount, sentAt: new Date(sentAt).toISOString() },
    ...{
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, textOf(value)]),
      ),
    },
    from: deadLetterSource?.split(':').at(-1),
  };
}

function textOf({ StringValue, BinaryValue }: Message['attributes'][string]): string | undefined {
  return StringValue ?? BinaryValue;
}
