import { confirmPayment } from './confirm-payment-intent';
import { expandObject, expandParameter } from './expansion';
import { amountParameter, currencyParameter } from './money';
import { type Operation } from './operation';
import { Parameters } from './parameters';
import { type Payment, type PaymentIntent } from './payment';
import { invalidRequest, unsupportedLocally } from './stripe-error';
import { randomAlphanumeric, stripeId } from './stripe-id';
import { findPaymentMethod } from './test-payment-methods';
import { UNSUPPORTED_PARAMETERS } from './unsupported-parameters';

/** POST /v1/payment_intents, with `confirm=true` also the first attempt to pay. */
export const createPaymentIntent: Operation = {
  name: 'payment_intents.create',
  method: 'POST',
  path: /^\/v1\/payment_intents$/,
  prepare(form) {
    const parameters = new Parameters(form);
    const terms = paymentTerms(parameters);
    const confirm = parameters.boolean('confirm') ?? false;
    const errorOnRequiresAction = parameters.boolean('error_on_requires_action') ?? false;
    const paymentMethod = parameters.string('payment_method');
    const expand = expandParameter(parameters, ['latest_charge']);
    parameters.refuseOthers(UNSUPPORTED_PARAMETERS['payment_intents.create']);
    if (errorOnRequiresAction && !confirm) {
      const param = 'error_on_requires_action';
      throw invalidRequest(`You can only specify ${param} when confirm is true.`, param);
    }

    return ({ now }) => {
      const method = paymentMethod === undefined ? undefined : findPaymentMethod(paymentMethod);
      const created = Math.floor(now / 1000);
      const payment = newPayment({
        ...newIntent(created),
        ...terms,
        payment_method: method?.id ?? null,
        status: method ? 'requires_confirmation' : 'requires_payment_method',
      });
      if (confirm) return confirmPayment(payment, { method, errorOnRequiresAction, created, expand });
      return { changed: payment, answer: expandObject(payment.intent, payment, expand) };
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

function paymentTerms(parameters: Parameters): PaymentTerms {
  return {
    amount: parameters.required('amount', amountParameter(parameters, 'amount')),
    currency: currencyParameter(parameters),
    ...paymentMethodTypes(parameters),
    capture_method: parameters.oneOf('capture_method', ['automatic', 'manual']) ?? 'automatic',
    description: parameters.string('description') ?? null,
    metadata: parameters.metadata(),
    statement_descriptor_suffix: statementDescriptorSuffix(parameters),
  };
}

/**
 * Without `payment_method_types` Stripe offers what the account's dashboard enables, redirects included: such an
 * intent cannot be confirmed from a server alone, here as there.
 */
function paymentMethodTypes(
  parameters: Parameters,
): Pick<PaymentTerms, 'automatic_payment_methods' | 'payment_method_types'> {
  const types = parameters.strings('payment_method_types');
  const automatic = parameters.nested('automatic_payment_methods');
  const enabled = automatic?.required('enabled', automatic.boolean('enabled'));
  const redirects = automatic?.oneOf('allow_redirects', ['always', 'never']) ?? 'always';
  automatic?.refuseOthers();
  if (types && enabled) {
    throw invalidRequest(
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
    );
  }
  const other = types?.find((type) => type !== 'card');
  if (other !== undefined) throw unsupportedLocally(`payment method type ${other}`, 'payment_method_types');
  return {
    automatic_payment_methods: types ? null : { enabled: enabled ?? true, allow_redirects: redirects },
    payment_method_types: ['card'],
  };
}

/** Source: https://docs.stripe.com/get-started/account/statement-descriptors */
function statementDescriptorSuffix(parameters: Parameters): string | null {
  const param = 'statement_descriptor_suffix';
  const suffix = parameters.string(param);
  if (suffix === undefined) return null;
  if (suffix.length <= 22 && !/[<>\\'"*]/.test(suffix)) return suffix;
  throw invalidRequest(
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
