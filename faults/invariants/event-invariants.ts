import { type DomainEvent } from '../../lambda/domain-event/domain-events';
import { type Facts, type ObservedPurchase, type PurchaseItem, type ToldEvent } from './observation';

/**
 * The bus has been told of what has become of the purchase, each thing under its number, from 1 on, and of nothing else; maybe more
 * than once. Of what was refused before it held a seat it has not been told.
 */
export function isToldToTheBus({ events }: ObservedPurchase, { item }: Facts) {
  const byId = new Map(events.map((event) => [event.id, event]));
  const told = [...byId.values()].sort((a, b) => a.sequence - b.sequence);
  const wanted = item ? eventsOf(item) : [];
  const words = (each: readonly { readonly type: string; readonly sequence: number }[]) =>
    each.map(({ type, sequence }) => `${type} ${sequence}`).join(', ') || 'nothing';
  return [words(told) !== words(wanted) && `the bus has ${words(told)} of it, not ${words(wanted)}`];
}

/** Nobody who hears an event can open the purchase, or learns who the buyer is. */
export function isAnonymousOnTheBus({ events, purchaseId }: ObservedPurchase, { item }: Facts) {
  const secrets = [purchaseId, item?.paymentIntentId, item?.buyer?.name, item?.buyer?.email];
  return events.flatMap(({ type, text }) =>
    secrets.map((secret) => secret !== undefined && text.includes(secret) && `a ${type} says ${secret}`),
  );
}

/** Whoever goes by the schemas in docs/schemas understands each event. */
export const isAsItsSchemaSays = ({ events }: ObservedPurchase) => events.map(({ complaint }) => complaint);

/** By its record: there is no event that it does not show. */
function eventsOf({ status, admitted = 0, ...item }: PurchaseItem): Pick<ToldEvent, 'type' | 'sequence'>[] {
  const types: DomainEvent[] = [];
  if (status === 'CONFIRMED' || status === 'CANCELLING' || status === 'CANCELLED') {
    types.push('PurchaseConfirmed', ...Array<DomainEvent>(admitted).fill('TicketAdmitted'));
  }
  if (status === 'CANCELLED') types.push('PurchaseCancelled');
  // What is to expire held nothing.
  if (status === 'FAILED' && 'buyer' in item) types.push('PurchaseFailed');
  return types.map((type, index) => ({ type, sequence: index + 1 }));
}
