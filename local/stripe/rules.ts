import type Stripe from 'stripe';
import { StripeError, docUrl, type StripeErrorBody } from './stripe-error';

/**
 * What Stripe takes and what it refuses, for the API version that the SDK pins. Everything that is not listed here is
 * refused: each refusal names its rule, and each rule the page that it is a reading of. The pages were read in November
 * 2026.
 */
export const API_VERSION: typeof Stripe.API_VERSION = '2026-10-28.endive';

interface Page {
  readonly title: string;
  readonly url: string;
}

const DOCS = 'https://docs.stripe.com';

function page(title: string, path: string): Page {
  return { title, url: `${DOCS}${path}` };
}

const ERRORS = page('Errors', '/api/errors');
const ERROR_CODES = page('Error codes', '/error-codes');
const AUTHENTICATION = page('Authentication', '/api/authentication');
const VERSIONING = page('Versioning', '/api/versioning');
const INTRODUCTION = page('API Reference: Introduction', '/api');
const METADATA = page('Metadata', '/api/metadata');
const PAGINATION = page('Pagination', '/api/pagination');
const EXPANDING = page('Expanding responses', '/expand');
const IDEMPOTENCY = page('Idempotent requests', '/api/idempotent_requests');
const CURRENCIES = page('Supported currencies', '/currencies');
const DESCRIPTORS = page('Statement descriptors', '/get-started/account/statement-descriptors');
const CREATE_INTENT = page('Create a PaymentIntent', '/api/payment_intents/create');
const CONFIRM_INTENT = page('Confirm a PaymentIntent', '/api/payment_intents/confirm');
const CAPTURE_INTENT = page('Capture a PaymentIntent', '/api/payment_intents/capture');
const CANCEL_INTENT = page('Cancel a PaymentIntent', '/api/payment_intents/cancel');
const CREATE_REFUND = page('Create a refund', '/api/refunds/create');
const REFUNDS = page('Refund and cancel payments', '/refunds');
const TOKEN_OBJECT = page('The Confirmation Token object', '/api/confirmation_tokens/object');
const ATTACH_METHOD = page('Attach a PaymentMethod to a Customer', '/api/payment_methods/attach');
const AUTOMATIC_METHODS = page(
  'Enables automatic payment methods by default for PaymentIntents and SetupIntents',
  '/changelog/2023-08-16/automatic-payment-methods',
);
const ALLOWED_TYPES = page(
  'Adds the allowed payment method types parameter to Payment Intents and Setup Intents',
  '/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter',
);
const TYPES_REMOVED = page(
  'Removes the payment method types parameter from Payment Intents and Setup Intents',
  '/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents',
);

interface Rule {
  readonly page: Page;
  readonly status?: number;
  readonly type?: StripeErrorBody['type'];
  readonly code?: string;
}

/** Where no status is given, 400; where no type, `invalid_request_error`; where no code, Stripe documents none. */
export const RULES = {
  'no-api-key': { page: AUTHENTICATION, status: 401 },
  'invalid-api-key': { page: AUTHENTICATION, status: 401 },
  'publishable-api-key': { page: ERROR_CODES, status: 401, code: 'secret_key_required' },
  'live-api-key': { page: ERROR_CODES, status: 401, code: 'livemode_mismatch' },
  'unknown-url': { page: ERRORS, status: 404 },
  'unknown-version': { page: VERSIONING },
  'form-encoding': { page: INTRODUCTION },
  'parameter-unknown': { page: ERROR_CODES, code: 'parameter_unknown' },
  'parameter-missing': { page: ERROR_CODES, code: 'parameter_missing' },
  'parameter-empty': { page: ERROR_CODES, code: 'parameter_invalid_empty' },
  'parameter-integer': { page: ERROR_CODES, code: 'parameter_invalid_integer' },
  'parameter-type': { page: ERRORS },
  'parameter-value': { page: ERRORS },
  'parameter-url': { page: ERROR_CODES, code: 'url_invalid' },
  'parameters-exclusive': { page: ERROR_CODES, code: 'parameters_exclusive' },
  'metadata-limits': { page: METADATA },
  'statement-descriptor': { page: DESCRIPTORS },
  'payment-method-types-removed': { page: TYPES_REMOVED, code: 'payment_method_types_no_longer_supported' },
  'allowed-types-exclusive': { page: ALLOWED_TYPES, code: 'parameters_exclusive' },
  'error-on-requires-action': { page: AUTOMATIC_METHODS },
  'return-url-missing': { page: AUTOMATIC_METHODS },
  'only-with-confirm': { page: CREATE_INTENT },
  'currency-unsupported': { page: CURRENCIES },
  'amount-too-small': { page: CURRENCIES, code: 'amount_too_small' },
  'amount-too-large': { page: CURRENCIES, code: 'amount_too_large' },
  'amount-fraction': { page: CURRENCIES, code: 'parameter_invalid_integer' },
  'no-such-object': { page: ERRORS, status: 404, code: 'resource_missing' },
  'no-such-reference': { page: ERROR_CODES, code: 'resource_missing' },
  'payment-method-missing': { page: CONFIRM_INTENT, code: 'payment_intent_unexpected_state' },
  'not-confirmable': { page: CONFIRM_INTENT, code: 'payment_intent_unexpected_state' },
  'not-capturable': { page: CAPTURE_INTENT, code: 'payment_intent_unexpected_state' },
  'not-cancelable': { page: CANCEL_INTENT, code: 'payment_intent_unexpected_state' },
  'capture-too-large': { page: ERROR_CODES, code: 'amount_too_large' },
  'payment-method-used': { page: ATTACH_METHOD },
  'confirmation-token-used': { page: TOKEN_OBJECT },
  'confirmation-token-expired': { page: TOKEN_OBJECT },
  'refund-target': { page: CREATE_REFUND },
  'nothing-to-refund': { page: CREATE_REFUND },
  'refund-too-large': { page: CREATE_REFUND },
  'already-refunded': { page: ERROR_CODES, code: 'charge_already_refunded' },
  'charge-disputed': { page: ERROR_CODES, code: 'charge_disputed' },
  'balance-overdrawn': { page: REFUNDS },
  'list-limit': { page: PAGINATION, code: 'parameter_invalid_integer' },
  'expand-depth': { page: EXPANDING },
  'expand-unknown': { page: EXPANDING },
  'key-in-use': { page: ERROR_CODES, status: 409, code: 'idempotency_key_in_use' },
  'key-of-another-request': { page: IDEMPOTENCY, type: 'idempotency_error' },
  'key-too-long': { page: IDEMPOTENCY },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

/** The error that Stripe answers when the rule is broken. */
export function refusal(
  rule: RuleId,
  message: string,
  param?: string,
  more: Partial<StripeErrorBody> = {},
): StripeError {
  const { status = 400, type = 'invalid_request_error', code }: Rule = RULES[rule];
  return new StripeError(
    status,
    { ...(code && { code, doc_url: docUrl(code) }), message, ...(param && { param }), ...more, type },
    rule,
  );
}

/** The parameters of an operation, or of a group of parameters within it. */
export interface Accepted<Played extends string = string> {
  readonly page: Page;
  readonly played: readonly Played[];
  /** Stripe takes them, this server refuses them by name: no test may pass on a parameter without effect. */
  readonly unplayed: readonly string[];
}

/**
 * Makes the two lists be, together, exactly the parameters of the SDK's type: an SDK for another API version that adds or
 * removes one does not compile.
 */
function accepts<Params>(where: Page) {
  return <
    const Played extends readonly (keyof Params & string)[],
    const Unplayed extends readonly Exclude<keyof Params & string, Played[number]>[],
  >(
    played: Played,
    unplayed: Unplayed,
    ..._unlisted: Exclude<keyof Params, Played[number] | Unplayed[number]> extends never
      ? []
      : [unlisted: Exclude<keyof Params, Played[number] | Unplayed[number]>]
  ): Accepted<Played[number]> => ({ page: where, played, unplayed });
}

type TokenCreateParams = NonNullable<Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0]>;

const NOT_PLAYED = {
  methods: ['payment_method_data', 'payment_method_options', 'excluded_payment_method_types'],
  mandates: ['mandate', 'mandate_data', 'off_session', 'setup_future_usage'],
  customers: ['customer', 'customer_account'],
  platforms: ['application_fee_amount', 'transfer_data', 'transfer_group'],
  details: ['amount_details', 'payment_details', 'hooks'],
} as const;

export const PARAMETERS = {
  'payment_intents.create': accepts<Stripe.PaymentIntentCreateParams>(CREATE_INTENT)(
    [
      ...(['amount', 'currency', 'automatic_payment_methods', 'capture_method', 'confirm'] as const),
      ...(['confirmation_token', 'description', 'error_on_requires_action', 'expand'] as const),
      ...([
        'metadata',
        'payment_method',
        'return_url',
        'statement_descriptor_suffix',
        'use_stripe_sdk',
      ] as const),
    ],
    [
      ...([...NOT_PLAYED.methods, ...NOT_PLAYED.mandates, ...NOT_PLAYED.customers] as const),
      ...([...NOT_PLAYED.platforms, ...NOT_PLAYED.details, 'allowed_payment_method_types'] as const),
      ...(['confirmation_method', 'on_behalf_of', 'radar_options'] as const),
      ...(['payment_method_configuration', 'receipt_email', 'shipping', 'statement_descriptor'] as const),
    ],
  ),
  'payment_intents.update': accepts<Stripe.PaymentIntentUpdateParams>(
    page('Update a PaymentIntent', '/api/payment_intents/update'),
  )(
    ['metadata', 'expand'],
    [
      ...([...NOT_PLAYED.methods, ...NOT_PLAYED.customers, ...NOT_PLAYED.platforms] as const),
      ...([...NOT_PLAYED.details, 'allowed_payment_method_types', 'amount', 'capture_method'] as const),
      ...(['currency', 'description', 'payment_method', 'payment_method_configuration'] as const),
      ...(['receipt_email', 'setup_future_usage', 'shipping', 'statement_descriptor'] as const),
      'statement_descriptor_suffix',
    ],
  ),
  'payment_intents.confirm': accepts<Stripe.PaymentIntentConfirmParams>(CONFIRM_INTENT)(
    [
      ...(['confirmation_token', 'error_on_requires_action', 'expand', 'payment_method'] as const),
      ...(['return_url', 'use_stripe_sdk'] as const),
    ],
    [
      ...([...NOT_PLAYED.methods, ...NOT_PLAYED.mandates, ...NOT_PLAYED.details] as const),
      ...(['allowed_payment_method_types', 'amount_to_confirm', 'capture_method'] as const),
      ...(['radar_options', 'receipt_email', 'shipping'] as const),
    ],
  ),
  'payment_intents.capture': accepts<Stripe.PaymentIntentCaptureParams>(CAPTURE_INTENT)(
    ['amount_to_capture', 'expand'],
    [
      ...([...NOT_PLAYED.details, 'application_fee_amount', 'final_capture', 'metadata'] as const),
      ...(['statement_descriptor', 'statement_descriptor_suffix', 'transfer_data'] as const),
    ],
  ),
  'payment_intents.cancel': accepts<Stripe.PaymentIntentCancelParams>(CANCEL_INTENT)(
    ['cancellation_reason', 'expand'],
    [],
  ),
  'payment_intents.retrieve': accepts<Stripe.PaymentIntentRetrieveParams>(
    page('Retrieve a PaymentIntent', '/api/payment_intents/retrieve'),
  )(['expand'], ['client_secret']),
  'payment_intents.list': accepts<Stripe.PaymentIntentListParams>(
    page('List all PaymentIntents', '/api/payment_intents/list'),
  )(['created', 'ending_before', 'expand', 'limit', 'starting_after'], NOT_PLAYED.customers),
  'refunds.create': accepts<Stripe.RefundCreateParams>(CREATE_REFUND)(
    ['amount', 'charge', 'expand', 'metadata', 'payment_intent', 'reason'],
    [
      ...(['currency', 'customer', 'instructions_email', 'origin'] as const),
      ...(['refund_application_fee', 'reverse_transfer'] as const),
    ],
  ),
  'refunds.retrieve': accepts<Stripe.RefundRetrieveParams>(
    page('Retrieve a refund', '/api/refunds/retrieve'),
  )(['expand'], []),
  'refunds.list': accepts<Stripe.RefundListParams>(page('List all refunds', '/api/refunds/list'))(
    ['charge', 'created', 'ending_before', 'expand', 'limit', 'payment_intent', 'starting_after'],
    [],
  ),
  'disputes.retrieve': accepts<Stripe.DisputeRetrieveParams>(
    page('Retrieve a dispute', '/api/disputes/retrieve'),
  )([], ['expand']),
  'disputes.list': accepts<Stripe.DisputeListParams>(page('List all disputes', '/api/disputes/list'))(
    ['charge', 'created', 'ending_before', 'limit', 'payment_intent', 'starting_after'],
    ['expand'],
  ),
  'webhook_endpoints.list': accepts<Stripe.WebhookEndpointListParams>(
    page('List all webhook endpoints', '/api/webhook_endpoints/list'),
  )(['ending_before', 'limit', 'starting_after'], ['expand']),
  'charges.retrieve': accepts<Stripe.ChargeRetrieveParams>(
    page('Retrieve a charge', '/api/charges/retrieve'),
  )(['expand'], []),
  'confirmation_tokens.retrieve': accepts<Stripe.ConfirmationTokenRetrieveParams>(
    page('Retrieve a ConfirmationToken', '/api/confirmation_tokens/retrieve'),
  )([], ['expand']),
  'test_helpers.confirmation_tokens.create': accepts<TokenCreateParams>(
    page('Create a test Confirmation Token', '/api/confirmation_tokens/test_create'),
  )(
    ['payment_method', 'return_url'],
    ['expand', 'payment_method_data', 'payment_method_options', 'setup_future_usage', 'shipping'],
  ),
} as const;

export const NESTED_PARAMETERS = {
  automatic_payment_methods: accepts<Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods>(CREATE_INTENT)(
    ['allow_redirects', 'enabled'],
    [],
  ),
  created: accepts<Stripe.RangeQueryParam>(PAGINATION)(['gt', 'gte', 'lt', 'lte'], []),
};

/** Parameters that no longer exist under a name that a request may still use. */
export const REMOVED_PARAMETERS: ReadonlyMap<string, { rule: RuleId; message: string }> = new Map([
  [
    'payment_method_types',
    {
      rule: 'payment-method-types-removed',
      message:
        '`payment_method_types` is no longer supported in this API version. Use `automatic_payment_methods`, ' +
        '`excluded_payment_method_types` or `allowed_payment_method_types` instead.',
    },
  ],
]);

interface Exclusive {
  readonly rule: RuleId;
  readonly parameters: readonly string[];
}

/** At most one of each set may be sent. */
export const EXCLUSIVE_PARAMETERS: readonly Exclusive[] = [
  ...['automatic_payment_methods', 'excluded_payment_method_types', 'payment_method_configuration'].map(
    (other) => ({
      rule: 'allowed-types-exclusive' as const,
      parameters: ['allowed_payment_method_types', other],
    }),
  ),
  { rule: 'parameters-exclusive', parameters: ['customer', 'customer_account'] },
  { rule: 'parameters-exclusive', parameters: ['payment_method', 'payment_method_data'] },
  { rule: 'parameters-exclusive', parameters: ['starting_after', 'ending_before'] },
];

/** Parameters of the confirmation, which a creation takes with `confirm=true` alone. */
export const ONLY_WITH_CONFIRM = [
  'error_on_requires_action',
  'mandate',
  'mandate_data',
  'off_session',
  'return_url',
] as const satisfies readonly (keyof Stripe.PaymentIntentCreateParams)[];

/** An enumeration of the SDK's without the `string` at its end, which leaves it open. */
export type Known<Value> = Value extends string ? (string extends Value ? never : Value) : never;

/** The values that each enumerated parameter takes: all that Stripe has, or it does not compile. */
function values<Enumeration>() {
  return <const Values extends readonly Known<Enumeration>[]>(
    list: Values,
    ..._unlisted: Exclude<Known<Enumeration>, Values[number]> extends never
      ? []
      : [unlisted: Exclude<Known<Enumeration>, Values[number]>]
  ): Values => list;
}

export const VALUES = {
  allow_redirects: values<Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods.AllowRedirects>()([
    'always',
    'never',
  ]),
  cancellation_reason: values<Stripe.PaymentIntentCancelParams.CancellationReason>()([
    'duplicate',
    'fraudulent',
    'requested_by_customer',
    'abandoned',
  ]),
  capture_method: values<Stripe.PaymentIntentCreateParams.CaptureMethod>()([
    'automatic',
    'automatic_async',
    'manual',
  ]),
  reason: values<Stripe.RefundCreateParams.Reason>()(['duplicate', 'fraudulent', 'requested_by_customer']),
} as const;

/** At most four properties in one path. */
export const MAXIMUM_EXPANSION_DEPTH = 4;

/** The properties of an object that hold another object's id. */
type Expandable<Resource> = {
  [Key in keyof Resource]-?: Extract<Resource[Key], { object: string }> extends never
    ? never
    : string extends Extract<Resource[Key], string>
      ? Key
      : never;
}[keyof Resource] &
  string;

function expands<Resource>() {
  return <
    const Played extends readonly string[],
    const Unplayed extends readonly Exclude<Expandable<Resource>, Played[number]>[],
  >(
    played: Played,
    unplayed: Unplayed,
    ..._unlisted: Exclude<Expandable<Resource>, Played[number] | Unplayed[number]> extends never
      ? []
      : [unlisted: Exclude<Expandable<Resource>, Played[number] | Unplayed[number]>]
  ): { played: readonly string[]; unplayed: readonly string[] } => ({ played, unplayed });
}

/** `refunds` of a charge is no id: it is left out unless it is asked for. */
export const EXPANDABLE = {
  payment_intent: expands<Stripe.PaymentIntent>()(
    ['latest_charge'],
    ['application', 'customer', 'on_behalf_of', 'payment_method', 'payment_record', 'review', 'source'],
  ),
  charge: expands<Stripe.Charge>()(
    ['balance_transaction', 'payment_intent', 'refunds'],
    [
      ...(['application', 'application_fee', 'customer'] as const),
      ...(['failure_balance_transaction', 'on_behalf_of', 'review', 'source_transfer', 'transfer'] as const),
    ],
  ),
  balance_transaction: expands<Stripe.BalanceTransaction>()([], ['source']),
  refund: expands<Stripe.Refund>()(
    ['charge', 'payment_intent'],
    [
      ...(['balance_transaction', 'customer', 'failure_balance_transaction', 'payment_method'] as const),
      ...(['source_transfer_reversal', 'transfer_reversal'] as const),
    ],
  ),
} as const;

export type ExpandableResource = keyof typeof EXPANDABLE;
