import { CANCELLATION } from '../../lambda/cancellation/outcomes';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { type PurchaseStatus } from '../../lambda/purchase/purchase';
import { PROBLEM_TYPE, type ProblemName, PROBLEMS, retryAfterSeconds } from '../../lambda/shared/problem';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { answersOf, endsOf, type Outcomes, problemsOf } from '../../lambda/shared/outcomes';

/** The one problem that says more than words: the price of this moment, `amount` and `currency`. */
const PRICE_CHANGED = PROBLEMS.PriceChanged.code;

/**
 * The mapping templates of the routes that start the checkout, in API Gateway's VTL.
 *
 * CDK's own for Step Functions answer 500 to every failure and 200 to a time-out, and a body can smuggle fields into
 * the input of the execution. In ours everything from outside passes `escapeJavaScript` on its way into a string;
 * that function escapes `'` as well, which JSON does not know, so it is turned back.
 */
const escape = (value: string) => String.raw`$util.escapeJavaScript(${value}).replaceAll("\\'", "'")`;

/**
 * `$purchaseId`, where the path names the purchase. What cannot be an id is no purchase, which the checkout says.
 */
const ID_IN_PATH = [
  `#set($path = $input.params().path)`,
  `#set($named = "$!path.get('purchaseId')")`,
  `#set($purchaseId = $named.toLowerCase())`,
].join('\n');

/**
 * `$purchaseId` is the idempotency key, in lower case. It is read from the headers alone, where `$input.params('…')` would
 * look in the path and the query string first; and under any spelling of its name, as the map of headers minds the case
 * and HTTP/2 has small letters. Two spellings in one request make one text, which is no UUID.
 */
const ID_IN_HEADER = [
  `#set($key = "")`,
  `#set($headers = $input.params().header)`,
  `#foreach($name in $headers.keySet())`,
  `#if($name.toLowerCase() == "idempotency-key")#set($key = "$key$headers.get($name)")#end`,
  `#end`,
  `#set($purchaseId = $key.toLowerCase())`,
].join('\n');

/** Of a UUID; a reference has ten characters. */
const PURCHASE_ID_LENGTH = 36;

const ANSWER_WITHOUT_ID = `#set($answer = $answer.replaceAll('"purchaseId":"[^"]*",', ''))`;

/** How a route starts a workflow of a purchase, and what it answers with. */
export interface WorkflowStart {
  /** The table of the workflow. */
  readonly workflow: Outcomes;
  /** VTL that sets `$purchaseId`. */
  readonly id: string;
  /**
   * Whether an organiser may name the purchase by its reference. Then the answer does not say the id, which is the buyer's.
   * @default by its id alone
   */
  readonly byReference?: true;
  /** What the execution's input has beside the ids: JSON as VTL, within a string. */
  readonly input: string;
  /** Whether the execution is told where the request came from. @default false */
  readonly tellsViewer?: true;
  /** The statuses of a purchase that are an answer here, each with that of the response. Any other is a problem. */
  readonly answers: Readonly<Partial<Record<PurchaseStatus, number>>>;
  /**
   * Where purchases are, seen from the route. The API is found below a path that it does not know: the stage's name, or
   * CloudFront's `/api`.
   */
  readonly purchases: string;
  /** What it means that the workflow was not started. */
  readonly notStarted: ProblemName;
}

/** Fields of the execution's input, which is JSON within a string. */
const fields = (value: object) => JSON.stringify(JSON.stringify(value)).slice('"{'.length, -'}"'.length);

export const CHECKOUT_STARTS = {
  'POST /purchases': {
    workflow: CHECKOUT,
    id: ID_IN_HEADER,
    input: `\\"viewer\\":\\"${escape('$from')}\\",\\"request\\":${escape("$input.json('$')")}`,
    tellsViewer: true,
    answers: { CONFIRMED: 201, AWAITING_AUTHENTICATION: 202 },
    purchases: './purchases/',
    notStarted: 'ReservationFailed',
  },
  'POST /purchases/{purchaseId}/authentication': {
    workflow: CHECKOUT,
    id: ID_IN_PATH,
    input: fields({ request: null, resume: {} }),
    answers: { CONFIRMED: 201, AWAITING_AUTHENTICATION: 202 },
    purchases: '../../purchases/',
    notStarted: 'OutcomeUnknown',
  },
  'POST /purchases/{purchaseId}/abandonment': {
    workflow: CHECKOUT,
    id: ID_IN_PATH,
    input: fields({
      request: null,
      abandon: {},
      failures: { [CHECKOUT.givenUp.by]: { Error: CHECKOUT.givenUp.problem } },
    }),
    answers: { FAILED: 200 },
    purchases: '../../purchases/',
    notStarted: 'OutcomeUnknown',
  },
} as const satisfies Record<string, WorkflowStart>;

export const CANCELLATION_STARTS = {
  'POST /purchases/{purchaseId}/cancellation': {
    workflow: CANCELLATION,
    id: ID_IN_PATH,
    byReference: true,
    input: `${fields({ failures: {} })},\\"request\\":${escape("$input.json('$')")}`,
    answers: { CANCELLED: 200 },
    purchases: '../../purchases/',
    notStarted: 'OutcomeUnknown',
  },
} as const satisfies Record<string, WorkflowStart>;

/**
 * Starts the workflow with `{ purchaseId, requestId, … }`.
 *
 * @param viewer VTL that sets `$viewer`, the address that the request came from
 */
export function startRequest(
  { id, input, tellsViewer }: WorkflowStart,
  stateMachineArn: string,
  viewer: string,
): string {
  return [
    id,
    // Twice: the id is a string inside the string of the execution's input.
    `#set($id = ${escape('$purchaseId')})`,
    ...(tellsViewer ? [viewer, `#set($from = ${escape('$viewer')})`] : []),
    `{`,
    `  "stateMachineArn": "${stateMachineArn}",`,
    `  "input": "{\\"purchaseId\\":\\"${escape('$id')}\\",\\"requestId\\":\\"$context.requestId\\",${input}}"`,
    `}`,
  ].join('\n');
}

/** Answers with the outcome of the workflow: what a step refused, by its name; else what the end state stands for. */
export function outcomeResponse({ workflow, id, byReference, answers, purchases }: WorkflowStart): string {
  const isNamedById = `$purchaseId.length() == ${PURCHASE_ID_LENGTH}`;
  return [
    `#set($statuses = ${vtlMap(Object.entries(answers))})`,
    `#set($problems = ${vtlMap(problemRows())})`,
    `#set($answers = ${vtlMap(answerRows(workflow))})`,
    `#set($ends = ${vtlMap(endRows(workflow))})`,
    `#set($result = $input.path('$'))`,
    `#set($code = "${PROBLEMS.OutcomeUnknown.code}")`,
    `#set($detail = "")`,
    `#set($answer = "")`,
    `#set($again = "")`,
    `#set($purchase = {})`,
    `#if($result.status == "SUCCEEDED")`,
    `#set($answer = "$!result.output")`,
    `#if($answer.startsWith("{"))#set($purchase = $util.parseJson($answer))#end`,
    `#elseif($result.status == "FAILED" && $ends.containsKey($result.error))`,
    `#set($code = $ends.get($result.error))`,
    `#set($cause = {})`,
    `#set($text = "$!result.cause")`,
    `#if($text.startsWith("{"))#set($cause = $util.parseJson($text))#end`,
    `#set($reason = "$!result.error/$!cause.errorType")`,
    `#if($answers.containsKey($reason))`,
    `#set($code = $answers.get($reason))`,
    `#set($detail = $cause.errorMessage)`,
    `#if($code == "${PRICE_CHANGED}")#set($now = $util.parseJson($detail))#set($detail = $now.detail)#end`,
    `#elseif("$!cause.errorType" == "${SAGA_ERRORS.purchaseAlreadyAnswered}")`,
    // What its record says. The id is not in it, but the request names it.
    `#set($purchase = $util.parseJson($cause.errorMessage))`,
    `#set($again = $cause.errorMessage.substring(1))`,
    `#set($code = "${PROBLEMS.OutcomeUnknown.code}")`,
    `#if($purchase.status == "FAILED")`,
    // A record without a failure, or with a code that only a newer version knows, is an answer too.
    `#set($code = "${PROBLEMS.PurchaseFailed.code}")`,
    `#set($recorded = "$!purchase.failure.code")`,
    `#if($recorded.matches("[A-Z][A-Z0-9_]*"))#set($code = $recorded)#end`,
    `#set($detail = "$!purchase.failure.detail")`,
    `#set($now = $purchase)`,
    `#end`,
    `#end`,
    `#end`,
    id,
    `#if($statuses.containsKey("$!purchase.status"))`,
    `#set($status = $statuses.get($purchase.status))`,
    `#set($context.responseOverride.status = $status)`,
    `#if($status == 202)#set($context.responseOverride.header["Location"] = "${purchases}$purchaseId")#end`,
    `#if($again == "")`,
    ...(byReference ? [`#if(!(${isNamedById}))${ANSWER_WITHOUT_ID}#end`] : []),
    `$answer`,
    ...(byReference ? [`#elseif(!(${isNamedById}))`, `{$again`] : []),
    `#else`,
    `{"purchaseId":"${escape('$purchaseId')}",$again`,
    `#end`,
    `#else`,
    problemOf('$code', '$detail', [
      `#if($code == "${PRICE_CHANGED}")`,
      `  "amount": $now.amount,`,
      `  "currency": "${escape('$now.currency')}",`,
      `#end`,
    ]),
    `#end`,
  ].join('\n');
}

/**
 * The workflow could not be started. Step Functions says all of it with a 400: throttled, an input that it does not take,
 * and what is our own doing (no permission, no such state machine), which alarms must see as a 503.
 */
export function startRefusedResponse({ id, notStarted }: WorkflowStart): string {
  return [
    id,
    `#set($problems = ${vtlMap(problemRows())})`,
    `#set($code = "${PROBLEMS[notStarted].code}")`,
    `#set($type = "$!input.path('$.__type')")`,
    `#if($type.contains("InvalidExecutionInput"))`,
    `#set($code = "${PROBLEMS.ValidationFailed.code}")`,
    `#end`,
    `#if($type.contains("Throttl") || $type.contains("TooManyRequests") || $type.contains("LimitExceeded"))`,
    `#set($code = "${PROBLEMS.TooManyRequests.code}")`,
    `#end`,
    problemOf('$code', '""'),
  ].join('\n');
}

/** Step Functions failed inside: nobody knows whether the workflow started. */
export function startFailedResponse({ id }: WorkflowStart): string {
  return [
    id,
    `#set($problems = ${vtlMap(problemRows())})`,
    problemOf(`"${PROBLEMS.OutcomeUnknown.code}"`, '""'),
  ].join('\n');
}

/**
 * Writes the problem with this code. An empty detail means the problem's own words. Of a code that is not in the table the
 * client is told as much as there is: that the purchase has failed, and the recorded code and words. `members` are what this
 * problem says beside them.
 */
function problemOf(code: string, detail: string, members: string[] = []): string {
  return [
    `#set($problemCode = ${code})`,
    `#if($problems.containsKey($problemCode))#set($row = $problemCode)#else#set($row = "${PROBLEMS.PurchaseFailed.code}")#end`,
    `#set($problem = $problems.get($row))`,
    `#set($words = ${detail})`,
    `#if("$!words" == "")#set($words = $problem.get("detail"))#end`,
    `#set($context.responseOverride.status = $problem.get("status"))`,
    `#set($context.responseOverride.header["Content-Type"] = "application/problem+json")`,
    `#if($problem.containsKey("retryAfter"))#set($context.responseOverride.header["Retry-After"] = $problem.get("retryAfter"))#end`,
    `{`,
    `  "type": "${PROBLEM_TYPE}$problemCode.toLowerCase().replaceAll("_", "-")",`,
    `  "title": "$problem.get("title")",`,
    `  "status": $problem.get("status"),`,
    `  "detail": "${escape('$words')}",`,
    `  "code": "$problemCode",`,
    ...members,
    `  "purchaseId": "${escape('$purchaseId')}"`,
    `}`,
  ].join('\n');
}

function problemRows(): [string, unknown][] {
  return Object.values(PROBLEMS).map((problem) => {
    const { code, status, title, detail } = problem;
    return [code, { status, title, detail, retryAfter: retryAfterSeconds(problem)?.toString() }];
  });
}

/** End state / error name → code, for what the buyer may be told in the step's own words. */
function answerRows(workflow: Outcomes): [string, unknown][] {
  return answersOf(workflow).map(({ end, problem }) => [`${end}/${problem}`, PROBLEMS[problem].code]);
}

function endRows(workflow: Outcomes): [string, unknown][] {
  const { givenUp, unknown } = workflow;
  const refused = givenUp ? [{ end: givenUp.refusedEnd, problem: unknown.problem }] : [];
  return [...endsOf(workflow), ...refused].map(({ end, problem }) => [end, PROBLEMS[problem].code]);
}

/** A VTL map literal. Our own words only: they have no quotes and no `$`. */
function vtlMap(rows: [string, unknown][]): string {
  return `{\n${rows.map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`).join(',\n')}\n}`;
}

/** What the route may refuse: what the checkout ends with, and what a record or the start of the checkout says. */
export const CHECKOUT_PROBLEMS: Readonly<Record<keyof typeof CHECKOUT_STARTS, readonly ProblemName[]>> = {
  'POST /purchases': endedWith('PurchaseNotFound', 'AlreadyConfirmed'),
  'POST /purchases/{purchaseId}/authentication': endedWith('AlreadyConfirmed', 'IdempotencyKeyReused'),
  'POST /purchases/{purchaseId}/abandonment': [
    ...(['PurchaseNotFound', 'PurchaseInProgress', 'AlreadyConfirmed', 'PurchaseCancelled'] as const),
    ...(['TooManyRequests', 'OutcomeUnknown'] as const),
  ],
};

export const CANCELLATION_PROBLEMS: readonly ProblemName[] = [...problemsOf(CANCELLATION), 'TooManyRequests'];

/** @param never what the route has no use for */
function endedWith(...never: readonly ProblemName[]): ProblemName[] {
  const all: readonly ProblemName[] = [...problemsOf(CHECKOUT), 'TooManyRequests', 'PurchaseFailed'];
  return all.filter((name) => !never.includes(name));
}
