import { type About, deliveryOf } from '../../lambda/notification/delivery';
import { channelsOf } from '../../lambda/purchase/buyer-channels';
import { type Channel, CHANNEL_NAMES } from '../../lambda/purchase/channels';
import { type Facts, type ObservedPurchase, type PurchaseItem, type Told } from './observation';

const WORDS: Readonly<Record<Channel, string>> = { email: 'e-mail', sms: 'SMS', push: 'push message' };

/**
 * The buyer of what is CONFIRMED has been told so once on each wanted channel, twice at worst; where there may be no message, the
 * purchase says that nobody knows. Nobody is told of a sale that is none. What is CANCELLED was confirmed before: its buyer may
 * have been told so, or not, since a confirmation that is still under way then is dropped.
 */
export function isToldOnce({ toldOfSale: told }: ObservedPurchase, { item }: Facts) {
  const isSold = item?.status === 'CONFIRMED' || item?.status === 'CANCELLED';
  return CHANNEL_NAMES.flatMap((channel) => {
    const { count, isDue, isUnknown, most } = delivery(channel, { told, item, about: 'PurchaseConfirmed' });
    const word = WORDS[channel];
    if (!isSold || !isDue) return [count > 0 && `it is not CONFIRMED and ${count} ${word}s say so`];
    const isMissing = item.status === 'CONFIRMED' && count === 0 && !isUnknown;
    return [
      isMissing && `it is CONFIRMED and no ${word} says so`,
      count > most && `${count} ${word}s confirm it`,
      isUnknown &&
        !told.mayBeUnknown &&
        `nobody knows whether its ${word} was sent, and nothing happened to it`,
    ];
  });
}

/** The same of the message that tells of a cancellation: no other purchase has one. */
export function isToldOfCancellationOnce({ toldOfCancellation: told }: ObservedPurchase, { item }: Facts) {
  return CHANNEL_NAMES.flatMap((channel) => {
    const { count, isDue, isUnknown, most } = delivery(channel, { told, item, about: 'PurchaseCancelled' });
    const word = WORDS[channel];
    if (item?.status !== 'CANCELLED' || !isDue)
      return [count > 0 && `it is not CANCELLED and ${count} ${word}s say so`];
    return [
      count === 0 && !isUnknown && `it is CANCELLED and no ${word} says so`,
      count > most && `${count} ${word}s tell of its cancellation`,
      isUnknown &&
        !told.mayBeUnknown &&
        `nobody knows whether its ${word} about the cancellation was sent, and nothing happened to it`,
    ];
  });
}

/** What there is of one message on one channel, and what there may be. */
function delivery(
  channel: Channel,
  { told, item, about }: { readonly told: Told; readonly item?: PurchaseItem; readonly about: About },
) {
  const noted = item?.[deliveryOf(channel, about) as keyof PurchaseItem] as { state?: string } | undefined;
  return {
    count: told.received[channel] ?? 0,
    isDue: item?.buyer !== undefined && channelsOf(item.buyer).includes(channel),
    isUnknown: noted?.state === 'UNKNOWN',
    most: told.mayRepeat ? 2 : 1,
  };
}
