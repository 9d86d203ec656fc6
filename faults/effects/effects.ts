import { type EffectDeclaration, type KnownAs, type Service, type WireRequest } from './effect';
import { NOTIFICATION_EFFECTS } from './notification-effects';
import { ORDER_EFFECTS } from './order-effects';
import { PAYMENT_EFFECTS } from './payment-effects';
import { PURCHASE_EFFECTS } from './purchase-effects';
import { STRIPE_EVENT_EFFECTS } from './stripe-event-effects';
import { TICKET_EFFECTS } from './ticket-effects';

/** Everything a purchase changes, or asks of, outside the function that does it. A new effect joins by its declaration here. */
const DECLARATIONS = [
  // Before those of purchases, whose e-mails are told by what they lack.
  ...ORDER_EFFECTS,
  ...PURCHASE_EFFECTS,
  ...PAYMENT_EFFECTS,
  ...TICKET_EFFECTS,
  ...NOTIFICATION_EFFECTS,
  ...STRIPE_EVENT_EFFECTS,
] as const;

export type Effect = (typeof DECLARATIONS)[number]['name'];

const BY_NAME: ReadonlyMap<Effect, EffectDeclaration<Effect>> = new Map(
  DECLARATIONS.map((declaration: EffectDeclaration<Effect>) => [declaration.name, declaration]),
);

export const EFFECTS: readonly Effect[] = [...BY_NAME.keys()];

export interface RecognizedEffect {
  readonly effect: EffectDeclaration<Effect>;
  readonly purchaseId: string;
  /** Keys of the items it takes or frees. */
  readonly items: readonly string[];
  readonly names: readonly string[];
}

/** Tells which effect of which purchase a request is; undefined for one that is none. */
export function recognize(request: WireRequest, knownAs: KnownAs): RecognizedEffect | undefined {
  for (const effect of BY_NAME.values()) {
    const found = effect.service === request.service ? effect.recognize(request, knownAs) : undefined;
    if (!found) continue;
    const { purchaseId, items = [], names = [] } = found;
    return purchaseId ? { effect, purchaseId, items, names } : undefined;
  }
  return undefined;
}

export function serviceOf(effect: Effect): Service {
  return BY_NAME.get(effect)!.service;
}
