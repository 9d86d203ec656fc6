import { ENVIRONMENT } from '../shared/environment';

/**
 * The storefront's page of a purchase, with an order of extras that go with it. The ids open them, so they are in the fragment, which a
 * browser tells no server: `web/purchase-route.js`.
 *
 * @returns undefined where the stage has no storefront, or does not know its address
 */
export function purchasePageOf(purchaseId: string, orderId?: string): string | undefined {
  const storefront = process.env[ENVIRONMENT.storefrontUrl];
  if (!storefront) return undefined;
  return `${storefront}/#/purchases/${purchaseId}${orderId === undefined ? '' : `?order=${orderId}`}`;
}

/** The link to it in an e-mail. */
export function pageLink(page: string | undefined) {
  return page === undefined ? {} : { link: { label: 'See your purchase', url: page } };
}

/** The same in the text of an e-mail. */
export function pageLines(page: string | undefined): readonly string[] {
  return page === undefined ? [] : [`Your purchase: ${page}`];
}
