import { type EventEvent } from '../event/event-revision';
import { type PurchaseEvent } from '../purchase/outbox';

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'eventpro.checkout';

/** What the bus tells, by the detail types. */
export type DomainEvent = PurchaseEvent | EventEvent;
