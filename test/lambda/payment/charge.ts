import { type Confirmation, type PaymentGateway } from '../../../lambda/payment/payment-gateway';

/** A first attempt that pays, as ProcessPayment makes it: authorised, then captured. */
export async function charge(
  gateway: PaymentGateway,
  {
    paymentMethod = 'pm_card_visa',
    ...intent
  }: Pick<Confirmation, 'purchaseId' | 'paymentIntentId'> & Partial<Pick<Confirmation, 'paymentMethod'>>,
): Promise<void> {
  await gateway.authoriseIntent({ ...intent, paymentMethod, attempt: 1 });
  await gateway.captureIntent(intent);
}
