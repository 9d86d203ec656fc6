import { type Channel } from './channels';

/**
 * What a buyer agrees to who sends `buyer.marketing: true`. A page that asks for it shows these words beside a box that nobody has ticked
 * beforehand. Other words are another version: what was agreed to stays what it was.
 */
export const MARKETING_WORDING = {
  version: '2026-11',
  text: 'Send me e-mails about other events and offers. I can unsubscribe in each of them.',
} as const;

/** How marketing is sent: the words say e-mails. */
export const MARKETING_CHANNELS: readonly Channel[] = ['email'];

/** That the buyer has agreed, kept on the purchase it was said with: the proof that it was. */
export interface MarketingConsent {
  /** Version of the words. */
  readonly wording: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** @param at seconds since the epoch @returns undefined for whoever has not agreed, which is also whoever says nothing */
export function consentOf(
  { marketing }: { readonly marketing?: boolean | undefined },
  at: number,
): MarketingConsent | undefined {
  return marketing ? { wording: MARKETING_WORDING.version, at } : undefined;
}
