import { type EventEvent, REVISION_SORT_KEY } from '../../lambda/event/event-revision';

/**
 * What finds a domain event in the stream of the seat table: the event's revision, which is written anew for nothing else than its
 * next number. What is put there as it was makes no record.
 */
export const eventPattern = (event: EventEvent): object => ({
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { Keys: { sk: { S: [REVISION_SORT_KEY] } }, NewImage: { domainEvent: { S: [event] } } },
});
