import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { connected } from '../shared/connected';
import { correlate, logger } from '../shared/logger';
import { parse, parseJson } from '../shared/validation';
import { type DomainEvent } from './domain-events';

/** What a consumer goes by. It takes events with more fields than it knows: those of a later version of the app. */
const consumedEventSchema = z.object({
  'detail-type': z.string(),
  detail: z.object({
    version: z.literal(1),
    id: z.string(),
    /** Digits in the event. */
    sequence: z.coerce.number().check(z.int(), z.minimum(1)),
    reference: z.string(),
    eventId: z.string(),
  }),
});

export interface ConsumedEvent {
  readonly type: DomainEvent;
  readonly id: string;
  readonly sequence: number;
  readonly reference: string;
  readonly eventId: string;
}

/**
 * The handler of a function that is a consumer: of a queue that has whole events in it. One after the other, so that of a batch nothing
 * is begun twice. One that fails comes again, and after five times it is in the dead-letter queue.
 */
export function consumeEvents<Dependencies>({
  connect,
  handle,
}: {
  readonly connect: () => Dependencies;
  readonly handle: (event: ConsumedEvent, dependencies: Dependencies) => Promise<void>;
}): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const dependencies = connected(connect);
  return async ({ Records }, context) => {
    correlate(context, {});
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of Records) {
      try {
        await handle(consumedEvent(body), dependencies());
      } catch (error) {
        logger.error('Domain event not handled', { messageId, errorName: (error as Error).name });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

function consumedEvent(body: string): ConsumedEvent {
  const { 'detail-type': type, detail } = parse(consumedEventSchema, parseJson(body));
  return { ...detail, type: type as DomainEvent };
}
