import * as z from 'zod/mini';
import { type DomainEvent, EVENT_SOURCE } from '../../lambda/domain-event/domain-events';
import { EVENT_EVENT_NAMES, EVENT_EVENTS, eventDetailSchema } from '../../lambda/domain-event/event-events';
import {
  PURCHASE_EVENT_NAMES,
  PURCHASE_EVENTS,
  purchaseDetailSchema,
} from '../../lambda/domain-event/purchase-events';
import { type EventEvent } from '../../lambda/event/event-revision';
import { type PurchaseEvent } from '../../lambda/purchase/outbox';

export const DOMAIN_EVENTS: readonly DomainEvent[] = [...PURCHASE_EVENT_NAMES, ...EVENT_EVENT_NAMES];

const isOfPurchase = (event: DomainEvent): event is PurchaseEvent => event in PURCHASE_EVENTS;

const tellsOf = (event: DomainEvent) =>
  isOfPurchase(event) ? PURCHASE_EVENTS[event].tells : EVENT_EVENTS[event satisfies EventEvent];

/**
 * An event as a rule's target gets it ("Amazon EventBridge events", read November 2026): what EventBridge says around the detail, and
 * the detail, in which no other field may be. Draft 4 of JSON Schema is what a registry of EventBridge takes.
 */
export function eventJsonSchema(event: DomainEvent): object {
  const detail = isOfPurchase(event) ? purchaseDetailSchema(event) : eventDetailSchema;
  const envelope = z.looseObject({
    version: z.literal('0'),
    id: z.string().check(z.describe("EventBridge's own: deduplicate by the id of the detail instead")),
    'detail-type': z.literal(event),
    source: z.literal(EVENT_SOURCE),
    account: z.string(),
    time: z.string().check(z.describe('When the pipe put it on the bus, RFC 3339')),
    region: z.string(),
    resources: z.array(z.string()),
    'replay-name': z.optional(z.string().check(z.describe('There when an archive replays the event'))),
    detail,
  });
  const { $schema, ...schema } = z.toJSONSchema(envelope, { target: 'draft-4' });
  return { $schema, title: event, description: tellsOf(event), ...schema };
}
