import { referenceOf } from '../shared/reference';

/** What a purchase can tell of itself. Each has its row in `lambda/domain-event/purchase-events.ts`, or that does not compile. */
export type PurchaseEvent = 'PurchaseConfirmed' | 'PurchaseFailed' | 'PurchaseCancelled' | 'TicketAdmitted';

/** The attributes of a purchase that hold the domain event it made last. */
export const OUTBOX = {
  event: 'domainEvent',
  about: 'domainEventAbout',
  /** Counts the events of the purchase. */
  sequence: 'sequence',
} as const;

/** What `about` says where there is nothing to add: a path of a pipe's template must lead somewhere. */
export const NOTHING_TO_ADD = 'NONE';

/** What an event's `about` says: a text, or an attribute of the item as it is before the write. */
export type About = { readonly text: string } | { readonly attribute: readonly [string, string] };

/**
 * What a write sets beside, in the same `UpdateExpression`, when it makes a domain event: so an event is told of what was written
 * and of nothing else. The table's stream has it from there.
 *
 * A purchase of an older version gets its first number with it, and its reference.
 */
export function publishing(event: PurchaseEvent, purchaseId: string, about: About) {
  const isText = 'text' in about;
  return {
    SET:
      '#domainEvent = :domainEvent, #sequence = if_not_exists(#sequence, :none) + :next, ' +
      `#about = ${isText ? ':about' : '#aboutIn.#aboutField'}, #reference = :reference`,
    ExpressionAttributeNames: {
      ...{ '#domainEvent': OUTBOX.event, '#sequence': OUTBOX.sequence, '#about': OUTBOX.about },
      '#reference': 'reference',
      ...(!isText && { '#aboutIn': about.attribute[0], '#aboutField': about.attribute[1] }),
    },
    ExpressionAttributeValues: {
      ...{ ':domainEvent': event, ':none': 0, ':next': 1, ':reference': referenceOf(purchaseId) },
      ...(isText && { ':about': about.text }),
    },
  };
}
