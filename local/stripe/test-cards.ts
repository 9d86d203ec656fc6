/** What a card does when it is charged, and what happens to a refund of it later. */
export interface TestCard {
  readonly brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  readonly last4: string;
  /** Its bank wants the buyer before the charge. */
  readonly asks: boolean;
  /** What the bank says to the charge. @default it pays */
  readonly decline?: Decline;
  readonly refund: 'succeeds' | 'pending_then_succeeds' | 'succeeds_then_fails';
}

export interface Decline {
  readonly code: string;
  /** The issuer's reason; Stripe gives none where the code says it all. */
  readonly declineCode?: string;
  readonly message: string;
}

const DECLINED = 'Your card was declined.';
const EXPIRED: Decline = { code: 'expired_card', message: 'Your card has expired.' };
const INCORRECT_CVC: Decline = { code: 'incorrect_cvc', message: "Your card's security code is incorrect." };
const PROCESSING_ERROR: Decline = {
  code: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};
const GENERIC = cardDeclined('generic_decline');
const INSUFFICIENT_FUNDS = cardDeclined('insufficient_funds', 'Your card has insufficient funds.');

/**
 * Stripe's own test names and what each does. Source: "Testing use cases" (https://docs.stripe.com/testing, read in
 * November 2026).
 */
const TEST_CARDS: Readonly<Record<string, TestCard>> = {
  pm_card_visa: pays('4242'),
  pm_card_mastercard: pays('4444', 'mastercard'),
  pm_card_amex: pays('8431', 'amex'),
  pm_card_discover: pays('1117', 'discover'),
  pm_card_chargeDeclined: declines('0002', GENERIC),
  pm_card_visa_chargeDeclined: declines('0002', GENERIC),
  pm_card_chargeDeclinedInsufficientFunds: declines('9995', INSUFFICIENT_FUNDS),
  pm_card_visa_chargeDeclinedInsufficientFunds: declines('9995', INSUFFICIENT_FUNDS),
  pm_card_visa_chargeDeclinedLostCard: declines('9987', cardDeclined('lost_card')),
  pm_card_visa_chargeDeclinedStolenCard: declines('9979', cardDeclined('stolen_card')),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: declines('6975', cardDeclined('card_velocity_exceeded')),
  pm_card_chargeDeclinedExpiredCard: declines('0069', EXPIRED),
  pm_card_chargeDeclinedIncorrectCvc: declines('0127', INCORRECT_CVC),
  pm_card_chargeDeclinedProcessingError: declines('0119', PROCESSING_ERROR),
  pm_card_authenticationRequired: asks('3184'),
  pm_card_authenticationRequiredOnSetup: asks('3155'),
  pm_card_authenticationRequiredSetupForOffSession: asks('0446'),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: asks('3178', INSUFFICIENT_FUNDS),
  pm_card_threeDSecure2Required: asks('3220'),
  pm_card_threeDSecureRequiredChargeDeclined: asks('1629', GENERIC),
  pm_card_threeDSecureOptional: pays('3055'),
  pm_card_pendingRefund: { ...pays('7726'), refund: 'pending_then_succeeds' },
  pm_card_refundFail: { ...pays('5126'), refund: 'succeeds_then_fails' },
};

/** Others on that page: refused by name, and not as cards that there are not. */
export const UNPLAYED_TEST_CARDS: ReadonlySet<string> = new Set(
  [
    ...['visa_debit', 'mastercard_debit', 'mastercard_prepaid', 'diners', 'jcb', 'unionpay', 'bypassPending'],
    ...['amex_threeDSecureNotSupported', 'threeDSecureOptionalProcessingError', 'chargeCustomerFail'],
    ...['threeDSecureRequiredProcessingError', 'adaptive3dsChallenge', 'bypassPendingInternational'],
    ...['createDispute', 'createDisputeProductNotReceived', 'createDisputeInquiry', 'highFraudDisputeScore'],
    ...['radarBlock', 'radarDynamicRiskThreshold', 'riskLevelElevated', 'riskLevelHighest', 'highEfwScore'],
    ...['cvcCheckFail', 'cvcCheckFailElevatedRisk', 'avsFail', 'avsLine1Fail', 'avsUnchecked', 'avsZipFail'],
    'avsZipFailElevatedRisk',
  ].map((name) => `pm_card_${name}`),
);

export function testCard(name: string): TestCard | undefined {
  return Object.hasOwn(TEST_CARDS, name) ? TEST_CARDS[name] : undefined;
}

export function noBillingDetails() {
  return { address: null, email: null, name: null, phone: null, tax_id: null };
}

/** Test cards expire in the next year, seen from the payment. */
export function expiryYear(created: number): number {
  return new Date(created * 1000).getUTCFullYear() + 1;
}

function pays(last4: string, brand: TestCard['brand'] = 'visa'): TestCard {
  return { brand, last4, asks: false, refund: 'succeeds' };
}

function declines(last4: string, decline: Decline): TestCard {
  return { ...pays(last4), decline };
}

function asks(last4: string, decline?: Decline): TestCard {
  return { ...pays(last4), asks: true, decline };
}

function cardDeclined(declineCode: string, message = DECLINED): Decline {
  return { code: 'card_declined', declineCode, message };
}
