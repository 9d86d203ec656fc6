import { type EventEvent } from '../event/event-revision';
import { type PurchaseEvent } from '../purchase/outbox';

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'eventpro.checkout';

/** What the bus tells, by the detail types. */
export type DomainEvent = PurchaseEvent | EventEvent;

/**
 * What the ids of events begin with that are on sale only to be tried, as `npm run smoke` does on a deployed stage. The bus tells of them
 * and the archive keeps them, but no consumer gets them: nobody must print, count or remind.
 */
export const TEST_EVENT_PREFIX = 'smoke-test-';
