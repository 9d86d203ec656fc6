import { randomUUID } from 'node:crypto';
import { type PaymentGateway } from '../../../lambda/payment/payment-gateway';
import { type Escalations } from '../../../lambda/recovery/escalations';
import { undoOrphanPayments } from '../../../lambda/recovery/orphan-payments';
import { RefundFailed } from '../../../lambda/shared/saga-errors';
import { useTables } from '../../support/tables';
import { Checkout, errorOf } from '../checkout';

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

/** A provider with these open intents, of which some will not go back. */
function audit(purchaseIds: readonly string[], stuck: readonly string[] = []) {
  const undone: string[] = [];
  const escalated: object[] = [];
  const gateway: Pick<PaymentGateway, 'listOpenIntents' | 'undoIntent'> = {
    async *listOpenIntents() {
      for (const purchaseId of purchaseIds) {
        yield await Promise.resolve({ purchaseId, paymentIntentId: `pi_${purchaseId}` });
      }
    },
    async undoIntent({ purchaseId }) {
      if (stuck.includes(purchaseId)) throw new RefundFailed('The bank has sent 3 refunds back');
      undone.push(purchaseId);
      return Promise.resolve('refunded');
    },
  };
  const escalations: Pick<Escalations, 'refundFailed'> = {
    refundFailed: (payment) => Promise.resolve(void escalated.push(payment)),
  };
  const run = () =>
    undoOrphanPayments({
      ...{ purchases: checkout.purchases, clock: checkout.clock },
      gateway: () => Promise.resolve(gateway as PaymentGateway),
      escalations: escalations as Escalations,
    });
  return { run, undone, escalated };
}

test('a payment that will not go back is escalated, and does not keep the others from it', async () => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const { run, undone, escalated } = audit([first, second, third], [second]);

  const error = await errorOf(run());

  expect(error.message).toBe('1 of 3 open payments could not be undone');
  expect(undone).toEqual([first, third]);
  expect(escalated).toEqual([{ purchaseId: second, paymentIntentId: `pi_${second}`, error: 'RefundFailed' }]);
});

test('the payment of a sale stays, and so does that of a purchase that recovery looks after', async () => {
  const sold = await checkout.confirmed(['A-1']);
  const claimed = await checkout.paid(['A-2']);
  await checkout.claim(claimed);
  // Their intents are pi_1; these are others, that were made for them and never stored.
  const { run, undone } = audit([sold.purchaseId, claimed.purchaseId]);

  const result = await run();

  expect(result).toEqual({ looked: 2, undone: 2 });
  expect(undone).toEqual([sold.purchaseId, claimed.purchaseId]);
  expect(await checkout.purchases.find(sold.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
});
