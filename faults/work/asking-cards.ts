/** Pays once the buyer has told the bank so. */
export const ASKING_CARD = 'pm_card_authenticationRequired';

/** Is declined all the same. */
export const ASKING_DECLINED_CARD = 'pm_card_threeDSecureRequiredChargeDeclined';

/** Cards whose bank wants the buyer: nothing is taken from them before the buyer comes back. */
export const ASKING_CARDS: ReadonlySet<string> = new Set([ASKING_CARD, ASKING_DECLINED_CARD]);
