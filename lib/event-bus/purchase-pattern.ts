import { PURCHASE_EVENTS, type Transition } from '../../lambda/domain-event/purchase-events';
import { type PurchaseEvent } from '../../lambda/purchase/outbox';

/**
 * What finds an event in the stream of the purchase table: the event's name, on a record in which the purchase goes through its
 * transition. The name alone stays on the item while deliveries are noted; the transition alone is made, too, by a version from
 * before there were events.
 *
 * A pattern compares with constants only, so a counter has a case for each of its values.
 */
export function purchasePattern(event: PurchaseEvent): object {
  const name = { domainEvent: { S: [event] } };
  const transition: Transition = PURCHASE_EVENTS[event].transition;
  if ('to' in transition) {
    return {
      dynamodb: {
        NewImage: { ...name, status: { S: [transition.to] } },
        OldImage: { status: { S: [transition.from] } },
      },
    };
  }
  const { counted, most } = transition;
  const cases = Array.from({ length: most }, (_, before) => ({
    NewImage: { [counted]: { N: [String(before + 1)] } },
    OldImage: { [counted]: { N: [before === 0 ? { exists: false } : String(before)] } },
  }));
  return { dynamodb: { NewImage: name, $or: cases } };
}
