import { type Facts, type ObservedPurchase } from './observation';

/**
 * The e-mail of a confirmed purchase is there exactly once, twice at worst; where there may be none, the purchase says that
 * nobody knows. Nobody is told of a sale that is none.
 */
export function isToldOnce({ emails, emailMayRepeat, emailMayBeUnknown }: ObservedPurchase, { item }: Facts) {
  // It was confirmed before, and may have been told so.
  if (item?.status === 'CANCELLED') return [emails > 1 && `${emails} e-mails confirm it`];
  if (item?.status !== 'CONFIRMED') return [emails > 0 && `it is not CONFIRMED and ${emails} e-mails say so`];
  const isUnknown = item.delivery_email?.state === 'UNKNOWN';
  return [
    emails === 0 && !isUnknown && 'it is CONFIRMED and no e-mail says so',
    emails > (emailMayRepeat ? 2 : 1) && `${emails} e-mails confirm it`,
    isUnknown && !emailMayBeUnknown && 'nobody knows whether its e-mail was sent, and nothing happened to it',
  ];
}
