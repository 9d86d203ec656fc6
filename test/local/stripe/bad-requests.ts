import { type RuleId } from '../../../local/stripe/rules';

/** What a bad request is made to: an intent in a state, by a word in braces. */
export type Target = 'waiting' | 'ready' | 'paid' | 'canceled' | 'authorised' | 'refunded' | 'token' | 'used';

export interface BadRequest {
  readonly rule: RuleId;
  /** `POST /v1/payment_intents/{waiting}/confirm` */
  readonly request: string;
  /** As it goes over the wire, with the same words in braces. */
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly code?: string;
  readonly param?: string;
  readonly type?: string;
}

const CREATE = 'POST /v1/payment_intents';
const UPDATE = 'POST /v1/payment_intents/{waiting}';
const CONFIRM = 'POST /v1/payment_intents/{waiting}/confirm';
const CAPTURE = 'POST /v1/payment_intents/{authorised}/capture';
const CANCEL = 'POST /v1/payment_intents/{waiting}/cancel';
const RETRIEVE = 'GET /v1/payment_intents/{paid}';
const LIST = 'GET /v1/payment_intents';
const REFUND = 'POST /v1/refunds';
const TOKEN = 'POST /v1/test_helpers/confirmation_tokens';

const ORDER = 'amount=5000&currency=eur';
const NEVER = 'automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never';
const VISA = 'payment_method=pm_card_visa';

/** A request to create an intent in which one thing is wrong. */
function creation(rule: RuleId, form: string, code?: string, param?: string): BadRequest {
  return { rule, request: CREATE, form, code, param };
}

const integer = (param: string, form: string) =>
  creation('parameter-integer', form, 'parameter_invalid_integer', param);
const tooSmall = (form: string) => creation('amount-too-small', form, 'amount_too_small', 'amount');
const tooLarge = (form: string) => creation('amount-too-large', form, 'amount_too_large', 'amount');
const noCurrency = (currency: string) =>
  creation('currency-unsupported', `amount=5000&currency=${currency}`, undefined, 'currency');
const notExpandable = (request: string, path: string): BadRequest => ({
  rule: 'expand-unknown',
  request,
  form: `expand[]=${path}`,
  param: 'expand',
});
const limit = (value: string, rule: RuleId = 'list-limit'): BadRequest => ({
  rule,
  request: LIST,
  form: `limit=${value}`,
  code: rule === 'parameter-empty' ? 'parameter_invalid_empty' : 'parameter_invalid_integer',
  param: 'limit',
});

/** At least one request for each rule, as somebody might send it who does not read the pages. */
export const BAD_REQUESTS: readonly BadRequest[] = [
  // Who asks, and how
  { rule: 'no-api-key', request: LIST, headers: { authorization: '' }, status: 401 },
  { rule: 'no-api-key', request: LIST, headers: { authorization: 'Digest sk_test_1' }, status: 401 },
  { rule: 'invalid-api-key', request: LIST, headers: { authorization: 'Bearer hello' }, status: 401 },
  { rule: 'invalid-api-key', request: LIST, headers: { authorization: 'Bearer sk_test_a b' }, status: 401 },
  {
    rule: 'publishable-api-key',
    request: LIST,
    headers: { authorization: 'Bearer pk_test_123456789' },
    ...{ status: 401, code: 'secret_key_required' },
  },
  {
    rule: 'live-api-key',
    request: LIST,
    headers: { authorization: `Bearer ${['sk', 'live', 'abcdefghijklmnop'].join('_')}` },
    ...{ status: 401, code: 'livemode_mismatch' },
  },
  { rule: 'unknown-url', request: 'PUT /v1/payment_intents', status: 404 },
  { rule: 'unknown-url', request: 'DELETE /v1/payment_intents/{paid}', status: 404 },
  { rule: 'unknown-url', request: 'PATCH /v1/refunds', status: 404 },
  { rule: 'unknown-url', request: 'GET /v1/payment_intents/{waiting}/confirm', status: 404 },
  { rule: 'unknown-url', request: 'POST /v1/payment_intents/', status: 404 },
  { rule: 'unknown-url', request: 'GET /v2/payment_intents', status: 404 },
  { rule: 'unknown-version', request: LIST, headers: { 'stripe-version': 'latest' } },
  { rule: 'unknown-version', request: LIST, headers: { 'stripe-version': '' } },
  { rule: 'form-encoding', request: CREATE, form: '{}', headers: { 'content-type': 'application/json' } },
  { rule: 'form-encoding', request: CREATE, form: ORDER, headers: { 'content-type': 'text/plain' } },

  // Names
  creation('parameter-unknown', `${ORDER}&colour=red`, 'parameter_unknown', 'colour'),
  creation('parameter-unknown', `${ORDER}&Amount=1`, 'parameter_unknown', 'Amount'),
  creation('parameter-unknown', `${ORDER}&__proto__[x]=1`, 'parameter_unknown', '__proto__'),
  creation(
    'parameter-unknown',
    `${ORDER}&automatic_payment_methods[enabled]=true&automatic_payment_methods[x]=1`,
    'parameter_unknown',
    'automatic_payment_methods[x]',
  ),
  {
    rule: 'parameter-unknown',
    request: CANCEL,
    form: 'reason=abandoned',
    code: 'parameter_unknown',
    param: 'reason',
  },
  {
    rule: 'parameter-unknown',
    request: CONFIRM,
    form: `${VISA}&metadata[a]=b`,
    code: 'parameter_unknown',
    param: 'metadata',
  },
  {
    rule: 'parameter-unknown',
    request: RETRIEVE,
    form: 'limit=1',
    code: 'parameter_unknown',
    param: 'limit',
  },
  {
    rule: 'parameter-unknown',
    request: LIST,
    form: 'created[than]=1',
    code: 'parameter_unknown',
    param: 'created[than]',
  },
  creation('parameter-missing', 'currency=eur', 'parameter_missing', 'amount'),
  creation('parameter-missing', 'amount=5000', 'parameter_missing', 'currency'),
  creation(
    'parameter-missing',
    `${ORDER}&automatic_payment_methods[allow_redirects]=never`,
    'parameter_missing',
    'automatic_payment_methods[enabled]',
  ),
  { rule: 'parameter-missing', request: REFUND, code: 'parameter_missing' },
  creation('parameter-empty', `${ORDER}&payment_method=`, 'parameter_invalid_empty', 'payment_method'),
  creation('parameter-empty', 'amount=&currency=eur', 'parameter_invalid_empty', 'amount'),
  limit('', 'parameter-empty'),

  // Combinations
  creation(
    'payment-method-types-removed',
    `${ORDER}&payment_method_types[]=card`,
    'payment_method_types_no_longer_supported',
    'payment_method_types',
  ),
  {
    rule: 'payment-method-types-removed',
    request: UPDATE,
    form: 'payment_method_types[]=card',
    ...{ code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' },
  },
  {
    rule: 'payment-method-types-removed',
    request: CONFIRM,
    form: `${VISA}&payment_method_types[]=card`,
    ...{ code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' },
  },
  ...['automatic_payment_methods[enabled]=true', 'excluded_payment_method_types[]=link'].map((other) =>
    creation(
      'allowed-types-exclusive',
      `${ORDER}&allowed_payment_method_types[]=card&${other}`,
      'parameters_exclusive',
    ),
  ),
  creation('parameters-exclusive', `${ORDER}&customer=cus_1&customer_account=acct_1`, 'parameters_exclusive'),
  {
    rule: 'parameters-exclusive',
    request: LIST,
    form: 'starting_after={paid}&ending_before={waiting}',
    code: 'parameters_exclusive',
  },
  {
    rule: 'error-on-requires-action',
    request: CONFIRM,
    form: `${VISA}&error_on_requires_action=true`,
    param: 'error_on_requires_action',
  },
  creation(
    'error-on-requires-action',
    `${ORDER}&${NEVER}&${VISA}&confirm=true&error_on_requires_action=true`,
    undefined,
    'error_on_requires_action',
  ),
  creation('only-with-confirm', `${ORDER}&return_url=https://example.com/`, undefined, 'return_url'),
  creation(
    'only-with-confirm',
    `${ORDER}&error_on_requires_action=false`,
    undefined,
    'error_on_requires_action',
  ),
  creation('return-url-missing', `${ORDER}&${VISA}&confirm=true`, undefined, 'return_url'),
  creation('parameter-url', `${ORDER}&${VISA}&confirm=true&return_url=here`, 'url_invalid', 'return_url'),
  { rule: 'refund-target', request: REFUND, form: 'payment_intent={paid}&charge=ch_1' },

  // Types and values
  integer('amount', 'amount=-5&currency=eur'),
  integer('amount', 'amount=0&currency=eur'),
  integer('amount', 'amount=10.5&currency=eur'),
  integer('amount', 'amount=1e3&currency=eur'),
  integer('amount', 'amount=0x10&currency=eur'),
  integer('amount', 'amount=%2050&currency=eur'),
  integer('amount', 'amount=٥٠٠٠&currency=eur'),
  integer('amount', `amount=${'9'.repeat(40)}&currency=eur`),
  { ...integer('amount_to_capture', 'amount_to_capture=0'), request: CAPTURE },
  { ...integer('amount', 'payment_intent={paid}&amount=-1'), request: REFUND },
  { ...integer('created[gte]', 'created[gte]=yesterday'), request: LIST },
  creation('parameter-type', `${ORDER}&confirm=maybe`, undefined, 'confirm'),
  creation('parameter-type', `${ORDER}&confirm=1`, undefined, 'confirm'),
  creation('parameter-type', `${ORDER}&description[]=x`, undefined, 'description'),
  creation('parameter-type', `amount[a]=1&currency=eur`, undefined, 'amount'),
  creation(
    'parameter-type',
    `${ORDER}&automatic_payment_methods=true`,
    undefined,
    'automatic_payment_methods',
  ),
  creation('parameter-type', `${ORDER}&expand=latest_charge`, undefined, 'expand'),
  creation('parameter-type', `${ORDER}&expand[a]=latest_charge`, undefined, 'expand'),
  creation('parameter-type', `${ORDER}&expand[0][a]=latest_charge`, undefined, 'expand'),
  creation('metadata-limits', `${ORDER}&metadata[]=x`, undefined, 'metadata[[]0]'),
  creation('parameter-type', `${ORDER}&metadata=x`, undefined, 'metadata'),
  creation('parameter-type', `${ORDER}&metadata[a]=1&metadata=x`, undefined, 'metadata'),
  creation('parameter-value', `${ORDER}&capture_method=never`, undefined, 'capture_method'),
  creation(
    'parameter-value',
    `${ORDER}&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=maybe`,
    undefined,
    'automatic_payment_methods[allow_redirects]',
  ),
  {
    rule: 'parameter-value',
    request: CANCEL,
    form: 'cancellation_reason=bored',
    param: 'cancellation_reason',
  },
  { rule: 'parameter-value', request: REFUND, form: 'payment_intent={paid}&reason=sorry', param: 'reason' },
  creation('metadata-limits', `${ORDER}&metadata[note]=${'x'.repeat(501)}`, undefined, 'metadata[note]'),
  creation(
    'metadata-limits',
    `${ORDER}&metadata[${'k'.repeat(41)}]=x`,
    undefined,
    `metadata[${'k'.repeat(41)}]`,
  ),
  creation('metadata-limits', `${ORDER}&metadata[a][b]=c`, undefined, 'metadata[a]'),
  creation(
    'metadata-limits',
    `${ORDER}&${Array.from({ length: 51 }, (_, n) => `metadata[k${n}]=x`).join('&')}`,
    undefined,
    'metadata',
  ),
  creation(
    'statement-descriptor',
    `${ORDER}&statement_descriptor_suffix=<SEATS>`,
    undefined,
    'statement_descriptor_suffix',
  ),
  creation(
    'statement-descriptor',
    `${ORDER}&statement_descriptor_suffix=${'S'.repeat(23)}`,
    undefined,
    'statement_descriptor_suffix',
  ),

  // Money
  ...['xyz', 'EUR', 'euro', 'kwd', 'bhd', 'tnd', 'jod', 'omr', 'hrk', '%20eur'].map(noCurrency),
  ...['amount=49&currency=eur', 'amount=29&currency=gbp', 'amount=49&currency=jpy'].map(tooSmall),
  ...['amount=17499&currency=huf', 'amount=299&currency=sek', 'amount=1&currency=usd'].map(tooSmall),
  ...['amount=100000000&currency=eur', 'amount=100000000&currency=jpy'].map(tooLarge),
  tooLarge('amount=1000000000&currency=inr'),
  ...['amount=150&currency=isk', 'amount=501&currency=ugx'].map((form) =>
    creation('amount-fraction', form, 'parameter_invalid_integer', 'amount'),
  ),

  // Objects
  {
    rule: 'no-such-object',
    request: 'GET /v1/payment_intents/pi_unknown',
    ...{ status: 404, code: 'resource_missing', param: 'intent' },
  },
  {
    rule: 'no-such-object',
    request: `POST /v1/payment_intents/${'x'.repeat(5_000)}/cancel`,
    ...{ status: 404, code: 'resource_missing', param: 'intent' },
  },
  {
    rule: 'no-such-object',
    request: 'GET /v1/refunds/{paid}',
    ...{ status: 404, code: 'resource_missing', param: 'id' },
  },
  {
    rule: 'no-such-object',
    request: 'GET /v1/confirmation_tokens/ctoken_unknown',
    ...{ status: 404, code: 'resource_missing', param: 'confirmation_token' },
  },
  creation('no-such-reference', `${ORDER}&payment_method=pm_card_nope`, 'resource_missing', 'payment_method'),
  creation('no-such-reference', `${ORDER}&payment_method=__proto__`, 'resource_missing', 'payment_method'),
  {
    rule: 'no-such-reference',
    request: CONFIRM,
    form: 'confirmation_token=ctoken_unknown',
    ...{ code: 'resource_missing', param: 'confirmation_token' },
  },
  {
    rule: 'no-such-reference',
    request: REFUND,
    form: 'payment_intent=pi_unknown',
    ...{ code: 'resource_missing', param: 'payment_intent' },
  },
  {
    rule: 'no-such-reference',
    request: REFUND,
    form: 'charge=ch_unknown',
    ...{ code: 'resource_missing', param: 'charge' },
  },
  {
    rule: 'no-such-reference',
    request: LIST,
    form: 'starting_after=pi_unknown',
    ...{ code: 'resource_missing', param: 'starting_after' },
  },
  {
    rule: 'no-such-reference',
    request: 'GET /v1/refunds',
    form: 'charge=ch_unknown',
    ...{ code: 'resource_missing', param: 'charge' },
  },
  {
    rule: 'no-such-reference',
    request: TOKEN,
    form: 'payment_method=pm_unknown',
    ...{ code: 'resource_missing', param: 'payment_method' },
  },

  // States
  {
    rule: 'payment-method-missing',
    request: CONFIRM,
    code: 'payment_intent_unexpected_state',
  },
  ...['paid', 'canceled', 'authorised', 'refunded'].map((state) => ({
    rule: 'not-confirmable' as const,
    request: `POST /v1/payment_intents/{${state}}/confirm`,
    form: VISA,
    code: 'payment_intent_unexpected_state',
  })),
  ...['paid', 'waiting', 'ready', 'canceled'].map((state) => ({
    rule: 'not-capturable' as const,
    request: `POST /v1/payment_intents/{${state}}/capture`,
    code: 'payment_intent_unexpected_state',
  })),
  ...['paid', 'canceled'].map((state) => ({
    rule: 'not-cancelable' as const,
    request: `POST /v1/payment_intents/{${state}}/cancel`,
    code: 'payment_intent_unexpected_state',
  })),
  {
    rule: 'capture-too-large',
    request: CAPTURE,
    form: 'amount_to_capture=5001',
    ...{ code: 'amount_too_large', param: 'amount_to_capture' },
  },
  { rule: 'payment-method-used', request: CONFIRM, form: 'payment_method={used}' },
  { rule: 'payment-method-used', request: CREATE, form: `${ORDER}&payment_method={used}` },
  { rule: 'payment-method-used', request: TOKEN, form: 'payment_method={used}' },
  {
    rule: 'confirmation-token-used',
    request: CONFIRM,
    form: 'confirmation_token={token}',
    param: 'confirmation_token',
  },
  { rule: 'nothing-to-refund', request: REFUND, form: 'payment_intent={waiting}', param: 'payment_intent' },
  { rule: 'nothing-to-refund', request: REFUND, form: 'payment_intent={canceled}', param: 'payment_intent' },
  { rule: 'refund-too-large', request: REFUND, form: 'payment_intent={paid}&amount=5001', param: 'amount' },
  {
    rule: 'already-refunded',
    request: REFUND,
    form: 'payment_intent={refunded}',
    code: 'charge_already_refunded',
  },

  // Lists and expansions
  ...['0', '-1', '101', '9999999'].map((value) => limit(value)),
  ...['ten', '1.5', '1e1'].map((value) => limit(value, 'parameter-integer')),
  notExpandable(RETRIEVE, 'charges'),
  notExpandable(RETRIEVE, 'latest_charge.colour'),
  notExpandable(RETRIEVE, 'data.latest_charge'),
  notExpandable(RETRIEVE, 'latest_charge.refunds.data'),
  notExpandable(RETRIEVE, ''),
  notExpandable(LIST, 'latest_charge'),
  notExpandable(LIST, 'data'),
  notExpandable('GET /v1/refunds', 'data.status'),
  {
    rule: 'expand-depth',
    request: RETRIEVE,
    form: 'expand[]=latest_charge.payment_intent.latest_charge.payment_intent.latest_charge',
    param: 'expand',
  },
  {
    rule: 'expand-depth',
    request: LIST,
    form: 'expand[]=data.latest_charge.payment_intent.latest_charge.payment_intent',
    param: 'expand',
  },

  // Keys
  {
    rule: 'key-of-another-request',
    request: CREATE,
    form: 'amount=5001&currency=eur',
    headers: { 'idempotency-key': 'taken' },
    type: 'idempotency_error',
  },
  {
    rule: 'key-of-another-request',
    request: CANCEL,
    headers: { 'idempotency-key': 'taken' },
    type: 'idempotency_error',
  },
  {
    rule: 'key-too-long',
    request: CREATE,
    form: ORDER,
    headers: { 'idempotency-key': 'k'.repeat(256) },
  },
];

/** Their own tests play time, or two requests at once. */
export const RULES_TESTED_ELSEWHERE: readonly RuleId[] = [
  ...(['balance-overdrawn', 'charge-disputed', 'confirmation-token-expired', 'key-in-use'] as const),
];
