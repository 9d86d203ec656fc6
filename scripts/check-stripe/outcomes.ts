import { outcomeOf, PRICE, type Shop } from './shop';

/** One way in which a payment or a refund can end, played through the product's gateway. */
export interface Outcome {
  readonly name: string;
  /** Yields the result of each part. An error is a difference, unless both servers throw the same. */
  readonly play: (shop: Shop) => AsyncIterable<unknown>;
}

/** Stripe's own names for its test cards that decline ("Testing"). */
const DECLINING = [
  'pm_card_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
  'pm_card_visa_chargeDeclinedLostCard',
  'pm_card_visa_chargeDeclinedStolenCard',
  'pm_card_chargeDeclinedExpiredCard',
  'pm_card_chargeDeclinedIncorrectCvc',
  'pm_card_chargeDeclinedProcessingError',
];

const NEEDS_BUYER = 'pm_card_authenticationRequired';

/** What no program can cause, and how a person can. */
export const NOT_PLAYED = [
  'a buyer who passes or fails 3-D Secure: no API does it, a browser does. By hand, with a stage that is deployed with a key of ' +
    'the sandbox: buy with 4000 0027 6000 3184 and complete the authentication, then fail it; 4000 0084 0000 1629 is declined after it',
  'Apple Pay, Google Pay and Link: a page and a wallet; to the gateway they are a confirmation token like any other',
  'a hold that ends before it is captured: it takes days',
  'a refund that the bank sends back, and a dispute: they take days, or an event that Stripe sends',
  'an account that is not activated: a sandbox always is',
];

export const OUTCOMES: readonly Outcome[] = [
  {
    name: 'a card pays: its bank holds the money, and it is captured',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa'));
      yield await shop.received(payment);
      yield await outcomeOf(shop.capture(payment));
      yield await shop.received(payment);
    },
  },
  {
    name: 'a card pays by a confirmation token',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, await shop.confirmationToken('pm_card_visa')));
      yield await outcomeOf(shop.capture(payment));
      yield await shop.received(payment);
    },
  },
  ...DECLINING.map((card) => ({
    name: `${card} is declined, and the next attempt knows`,
    async *play(shop: Shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, card));
      yield await outcomeOf(shop.authorise(payment, card, 2));
    },
  })),
  {
    name: 'a declined intent that is cancelled still says why',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, DECLINING[1]!));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      yield await outcomeOf(shop.authorise(payment, DECLINING[1]!, 2));
    },
  },
  {
    name: 'a card is declined by a confirmation token',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, await shop.confirmationToken(DECLINING[0]!)));
    },
  },
  {
    name: 'a bank wants the buyer: nothing is held, and it can be asked after',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, NEEDS_BUYER));
      yield await outcomeOf(shop.authorise(payment, NEEDS_BUYER, 2));
      yield await outcomeOf(shop.gateway.readAuthorisation(payment));
      yield await outcomeOf(shop.capture(payment));
      const { next_action: next } = await shop.sdk.paymentIntents.retrieve(payment.paymentIntentId);
      yield next?.type;
      const secret = await shop.gateway.clientSecretOf(payment.paymentIntentId);
      yield secret.startsWith(`${payment.paymentIntentId}_secret_`);
    },
  },
  {
    name: 'a bank wants the buyer, who is given up: cancelled, and the next attempt knows',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, NEEDS_BUYER));
      yield await outcomeOf(shop.gateway.cancelIntent({ ...payment, reason: 'abandoned' }));
      yield await outcomeOf(shop.gateway.readAuthorisation(payment));
      yield await outcomeOf(shop.authorise(payment, NEEDS_BUYER, 2));
    },
  },
  {
    name: 'a bank wants the buyer of a confirmation token',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, await shop.confirmationToken(NEEDS_BUYER)));
      const { next_action: next } = await shop.sdk.paymentIntents.retrieve(payment.paymentIntentId);
      yield next?.type;
    },
  },
  {
    name: 'a payment method and a token that there are not',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, 'pm_nobodys'));
      yield await outcomeOf(shop.authorise({ ...payment, purchaseId: shop.newPurchase() }, 'ctoken_nobodys'));
    },
  },
  {
    name: 'a confirmation token is used again',
    async *play(shop) {
      const token = await shop.confirmationToken('pm_card_visa');
      yield await outcomeOf(shop.authorise(await shop.create(), token));
      yield await outcomeOf(shop.authorise(await shop.create(), token));
    },
  },
  {
    name: 'a payment method is used again',
    async *play(shop) {
      const { paymentIntentId } = await shop.paid();
      const { payment_method: used } = await shop.sdk.paymentIntents.retrieve(paymentIntentId);
      yield await outcomeOf(shop.authorise(await shop.create(), used as string));
    },
  },
  {
    name: 'the same purchase again: one intent',
    async *play(shop) {
      const payment = await shop.create();
      const { paymentIntentId } = await shop.gateway.createIntent({ ...payment, ...PRICE });
      yield paymentIntentId === payment.paymentIntentId;
    },
  },
  {
    name: 'a confirm again: under its key, after its success, and with another key',
    async *play(shop) {
      const payment = await shop.paid();
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa'));
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa', 2));
      yield await outcomeOf(shop.authorise({ ...payment, purchaseId: shop.newPurchase() }, 'pm_card_visa'));
      yield await shop.received(payment);
    },
  },
  {
    name: 'the answer to a confirm is lost: a time-out, then the money is found held',
    async *play(shop) {
      const payment = await shop.create();
      const lost = shop.loseNext('confirm');
      yield await outcomeOf(shop.authorise({ ...payment, ...lost }, 'pm_card_visa'));
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa', 2));
      yield await outcomeOf(shop.capture(payment));
    },
  },
  {
    name: 'a capture again takes nothing more, and no capture comes before its authorisation',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.capture(payment));
      await shop.authorise(payment, 'pm_card_visa');
      yield await outcomeOf(shop.capture(payment));
      yield await outcomeOf(shop.capture(payment));
      yield await shop.received(payment);
    },
  },
  {
    name: 'the answer to a capture is lost: a time-out, then it is found captured',
    async *play(shop) {
      const payment = await shop.create();
      await shop.authorise(payment, 'pm_card_visa');
      const lost = shop.loseNext('capture');
      yield await outcomeOf(shop.capture({ ...payment, ...lost }));
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa', 2));
      yield await outcomeOf(shop.capture(payment));
      yield await shop.received(payment);
      yield await outcomeOf(shop.gateway.undoIntent(payment));
    },
  },
  {
    name: 'an authorisation is undone: the hold ends without a refund, and a late capture takes nothing',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa'));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      yield await outcomeOf(shop.capture(payment));
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa', 2));
      yield await shop.received(payment);
    },
  },
  {
    name: 'a captured payment cannot be cancelled: the outcome stays open',
    async *play(shop) {
      yield await outcomeOf(shop.gateway.cancelIntent({ ...(await shop.paid()), reason: 'abandoned' }));
    },
  },
  {
    name: 'a payment is refunded, once',
    async *play(shop) {
      const payment = await shop.paid();
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      const { latest_charge: charge } = await shop.sdk.paymentIntents.retrieve(payment.paymentIntentId, {
        expand: ['latest_charge'],
      });
      yield typeof charge === 'object' && charge?.amount_refunded;
    },
  },
  {
    name: 'a payment of which a person has refunded a part: the rest',
    async *play(shop) {
      const payment = await shop.paid();
      yield (await shop.sdk.refunds.create({ payment_intent: payment.paymentIntentId, amount: 2_000 }))
        .status;
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      const { latest_charge: charge } = await shop.sdk.paymentIntents.retrieve(payment.paymentIntentId, {
        expand: ['latest_charge'],
      });
      yield typeof charge === 'object' && charge?.amount_refunded;
    },
  },
  {
    // How much it keeps is the account's business, and in its currency.
    name: 'what Stripe keeps of a payment is told once it is captured',
    async *play(shop) {
      const payment = await shop.create();
      yield await shop.gateway.readFees(payment.paymentIntentId);
      const { fee = 0, net = 0 } = (await shop.gateway.readFees((await shop.paid()).paymentIntentId)) ?? {};
      yield [fee > 0, net > 0];
    },
  },
  {
    name: 'a refund that is pending is on its way',
    async *play(shop) {
      yield await outcomeOf(shop.gateway.undoIntent(await shop.paid('pm_card_pendingRefund')));
    },
  },
  {
    name: 'an intent that nobody has paid is cancelled, once, and a late confirm charges nothing',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa'));
    },
  },
  {
    name: 'an intent with a declined attempt is cancelled',
    async *play(shop) {
      const payment = await shop.create();
      yield await outcomeOf(shop.authorise(payment, DECLINING[0]!));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
    },
  },
  {
    name: 'the audit lists what holds money or could, and no more',
    async *play(shop) {
      const from = Math.floor(Date.now() / 1000) - 3_600;
      const listed = async () => {
        const open: string[] = [];
        const period = { from, to: Math.floor(Date.now() / 1000) + 60 };
        for await (const { purchaseId } of shop.gateway.listOpenIntents(period)) open.push(purchaseId);
        return open;
      };
      const [paid, untried, cancelled, refunded, held] = [
        ...[await shop.paid(), await shop.create(), await shop.create(), await shop.paid()],
        await shop.create(),
      ] as const;
      await shop.authorise(held, 'pm_card_visa');
      await shop.gateway.undoIntent(cancelled);
      await shop.gateway.undoIntent(refunded);
      const open = await listed();
      yield [paid, untried, cancelled, refunded, held].map((payment) => open.includes(payment.purchaseId));
      const returned: string[] = [];
      const period = { from, to: Math.floor(Date.now() / 1000) + 60 };
      for await (const { purchaseId } of shop.gateway.listReturnedRefunds(period)) returned.push(purchaseId);
      yield returned;
    },
  },
  {
    name: 'a key comes with another amount: our fault',
    async *play(shop) {
      const { purchaseId } = await shop.create();
      yield await outcomeOf(shop.gateway.createIntent({ purchaseId, ...PRICE, amount: 12_001 }));
    },
  },
  {
    name: 'a wrong key is our fault, and undoes nothing',
    async *play(shop) {
      const payment = await shop.create();
      const locked = shop.gatewayWith('sk_nobodys_EventPro');
      yield await outcomeOf(locked.createIntent({ purchaseId: shop.newPurchase(), ...PRICE }));
      yield await outcomeOf(
        locked.authoriseIntent({ ...payment, paymentMethod: 'pm_card_visa', attempt: 1 }),
      );
      yield await outcomeOf(locked.undoIntent(payment));
    },
  },
  {
    name: 'an amount below the minimum, and a currency that there is not: our fault',
    async *play(shop) {
      yield await outcomeOf(
        shop.gateway.createIntent({ purchaseId: shop.newPurchase(), amount: 1, currency: 'EUR' }),
      );
      yield await outcomeOf(
        shop.gateway.createIntent({ purchaseId: shop.newPurchase(), amount: 100, currency: 'XXX' }),
      );
    },
  },
  {
    name: 'an intent of another account: our fault, and not settled',
    async *play(shop) {
      const payment = { purchaseId: shop.newPurchase(), paymentIntentId: 'pi_3EventProOfAnotherAccount' };
      yield await outcomeOf(shop.authorise(payment, 'pm_card_visa'));
      yield await outcomeOf(shop.gateway.undoIntent(payment));
    },
  },
];
