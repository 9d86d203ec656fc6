import { confirmationParameters, confirmPayment } from './confirm-payment-intent';
import { expandObject } from './expansion';
import { chargeParameters } from './money';
import { type Operation } from './operation';
import { type Parameters, parametersOf } from './parameters';
import { type Payment, type PaymentIntent, withPaymentMethod } from './payment';
import { namedPaymentMethod } from './payment-methods';
import { ONLY_WITH_CONFIRM, type PARAMETERS, refusal } from './rules';
import { unsupportedLocally } from './stripe-error';
import { randomAlphanumeric, stripeId } from './stripe-id';

/** POST /v1/payment_intents, with `confirm=true` also the first attempt to pay. */
export const createPaymentIntent: Operation = {
  name: 'payment_intents.create',
  method: 'POST',
  path: /^\/v1\/payment_intents$/,
  prepare(form) {
    const parameters = parametersOf('payment_intents.create', form);
    const confirm = parameters.boolean('confirm') ?? false;
    if (!confirm) refuseConfirmation(parameters);
    const terms = paymentTerms(parameters);
    const confirmation = confirmationParameters(parameters);

    return ({ payments, now }) => {
      const created = Math.floor(now / 1000);
      const payment = newPayment({
        ...newIntent(created),
        ...terms,
        payment_method: null,
        status: 'requires_payment_method',
      });
      if (confirm) return confirmPayment(payment, confirmation, { payments, now });
      const { paymentMethod, expand } = confirmation;
      if (paymentMethod === undefined) {
        return { changed: payment, answer: expandObject(payment.intent, payment, expand) };
      }
      const method = namedPaymentMethod(payments, paymentMethod, created);
      const ready = withPaymentMethod(
        {
          ...payment,
          intent: { ...payment.intent, payment_method: method.id, status: 'requires_confirmation' },
        },
        method,
      );
      return { changed: ready, answer: expandObject(ready.intent, ready, expand) };
    };
  },
};

type PaymentTerms = Pick<
  PaymentIntent,
  | 'amount'
  | 'currency'
  | 'automatic_payment_methods'
  | 'capture_method'
  | 'description'
  | 'metadata'
  | 'payment_method_types'
  | 'statement_descriptor_suffix'
>;

type CreationParameters = Parameters<(typeof PARAMETERS)['payment_intents.create']['played'][number]>;

function paymentTerms(parameters: CreationParameters): PaymentTerms {
  return {
    ...chargeParameters(parameters),
    automatic_payment_methods: automaticPaymentMethods(parameters),
    capture_method: parameters.oneOf('capture_method') ?? 'automatic_async',
    description: parameters.string('description') ?? null,
    metadata: parameters.metadata(),
    payment_method_types: ['card'],
    statement_descriptor_suffix: statementDescriptorSuffix(parameters),
  };
}

/** An intent for which nothing is said takes whatever the account's dashboard enables, redirects included. */
function automaticPaymentMethods(parameters: CreationParameters) {
  const automatic = parameters.nested('automatic_payment_methods');
  const enabled = automatic?.required('enabled', automatic.boolean('enabled')) ?? true;
  const redirects = automatic?.oneOf('allow_redirects') ?? 'always';
  if (enabled) return { enabled, allow_redirects: redirects };
  throw unsupportedLocally('automatic_payment_methods[enabled]=false', 'automatic_payment_methods[enabled]');
}

function refuseConfirmation(parameters: CreationParameters): void {
  if (parameters.has('confirmation_token')) {
    throw unsupportedLocally('confirmation_token without confirm=true', 'confirmation_token');
  }
  for (const param of ONLY_WITH_CONFIRM) {
    if (!parameters.has(param)) continue;
    throw refusal('only-with-confirm', `You can only specify ${param} when confirm is true.`, param);
  }
}

function statementDescriptorSuffix(parameters: CreationParameters): string | null {
  const param = 'statement_descriptor_suffix';
  const suffix = parameters.string(param);
  if (suffix === undefined) return null;
  if (suffix.length <= 22 && !/[<>\\'"*]/.test(suffix)) return suffix;
  throw refusal(
    'statement-descriptor',
    'The statement descriptor suffix must be at most 22 characters and contain none of < > \\ \' " *.',
    param,
  );
}

function newPayment(intent: PaymentIntent): Payment {
  return { intent, charges: [], refunds: [], settlements: [], idempotencyKeys: [] };
}

/** What is the same in every new intent. */
function newIntent(created: number) {
  const id = stripeId('pi');
  return {
    id,
    object: 'payment_intent' as const,
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    canceled_at: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomAlphanumeric(25)}`,
    confirmation_method: 'automatic',
    created,
    customer: null,
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    transfer_group: null,
  };
}
