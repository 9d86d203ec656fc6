import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { PROBLEM_TYPE, type ProblemName, PROBLEMS, retryAfterSeconds } from '../../lambda/shared/problem';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { answersOf, endsOf, problemsOf } from '../../lambda/shared/outcomes';

/** The one problem that says more than words: the price of this moment, `amount` and `currency`. */
const PRICE_CHANGED = PROBLEMS.PriceChanged.code;

/**
 * The mapping templates of `POST /purchases`, in API Gateway's VTL.
 *
 * CDK's own for Step Functions answer 500 to every failure and 200 to a time-out, and a body can smuggle fields into
 * the input of the execution. In ours everything from outside passes `escapeJavaScript` on its way into a string;
 * that function escapes `'` as well, which JSON does not know, so it is turned back.
 */
const escape = (value: string) => String.raw`$util.escapeJavaScript(${value}).replaceAll("\\'", "'")`;

/**
 * `$purchaseId` is the idempotency key, in lower case. It is read from the headers alone, where `$input.params('…')` would
 * look in the path and the query string first; and under any spelling of its name, as the map of headers minds the case
 * and HTTP/2 has small letters. Two spellings in one request make one text, which is no UUID.
 */
const PURCHASE_ID = [
  `#set($key = "")`,
  `#set($headers = $input.params().header)`,
  `#foreach($name in $headers.keySet())`,
  `#if($name.toLowerCase() == "idempotency-key")#set($key = "$key$headers.get($name)")#end`,
  `#end`,
  `#set($purchaseId = $key.toLowerCase())`,
].join('\n');

/** Starts the saga with `{ purchaseId, requestId, request }`. */
export function startPurchaseRequest(stateMachineArn: string): string {
  return [
    PURCHASE_ID,
    // Twice: the id is a string inside the string of the execution's input.
    `#set($id = ${escape('$purchaseId')})`,
    `{`,
    `  "stateMachineArn": "${stateMachineArn}",`,
    `  "input": "{\\"purchaseId\\":\\"${escape('$id')}\\",\\"requestId\\":\\"$context.requestId\\",\\"request\\":${escape("$input.json('$')")}}"`,
    `}`,
  ].join('\n');
}

/** Answers with the outcome of the saga: what a step refused, by its name; else what the end state stands for. */
export function purchaseResponse(): string {
  return [
    `#set($problems = ${vtlMap(problemRows())})`,
    `#set($answers = ${vtlMap(answerRows())})`,
    `#set($ends = ${vtlMap(endRows())})`,
    `#set($result = $input.path('$'))`,
    `#set($code = "${PROBLEMS.OutcomeUnknown.code}")`,
    `#set($detail = "")`,
    `#set($answer = "")`,
    `#set($again = "")`,
    `#if($result.status == "SUCCEEDED")`,
    `#set($answer = "$!result.output")`,
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
    `#elseif("$!cause.errorType" == "${SAGA_ERRORS.purchaseAlreadySettled}")`,
    // The purchase was settled before: its answer again. The id is not in it, but it is the key.
    `#set($settled = $util.parseJson($cause.errorMessage))`,
    `#if($settled.status == "CONFIRMED")`,
    `#set($again = $cause.errorMessage.substring(1))`,
    `#elseif($settled.status == "FAILED")`,
    // A record without a failure, or with a code that only a newer version knows, is an answer too.
    `#set($code = "${PROBLEMS.PurchaseFailed.code}")`,
    `#set($recorded = "$!settled.failure.code")`,
    `#if($recorded.matches("[A-Z][A-Z0-9_]*"))#set($code = $recorded)#end`,
    `#set($detail = "$!settled.failure.detail")`,
    `#set($now = $settled)`,
    `#else`,
    `#set($code = "${PROBLEMS.OutcomeUnknown.code}")`,
    `#end`,
    `#end`,
    `#end`,
    `#if($answer != "")`,
    `#set($context.responseOverride.status = 201)`,
    `$answer`,
    `#elseif($again != "")`,
    `#set($context.responseOverride.status = 201)`,
    PURCHASE_ID,
    `{"purchaseId":"${escape('$purchaseId')}",$again`,
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
export function startRefusedResponse(): string {
  return [
    `#set($problems = ${vtlMap(problemRows())})`,
    `#set($code = "${PROBLEMS.ReservationFailed.code}")`,
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
export function startFailedResponse(): string {
  return [
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
    PURCHASE_ID,
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
  return Object.values(PROBLEMS).map(({ code, status, title, detail }) => [
    code,
    { status, title, detail, retryAfter: retryAfterSeconds(status)?.toString() },
  ]);
}

/** End state / error name → code, for what the buyer may be told in the step's own words. */
function answerRows(): [string, unknown][] {
  return answersOf(CHECKOUT).map(({ end, problem }) => [`${end}/${problem}`, PROBLEMS[problem].code]);
}

function endRows(): [string, unknown][] {
  return endsOf(CHECKOUT).map(({ end, problem }) => [end, PROBLEMS[problem].code]);
}

/** A VTL map literal. Our own words only: they have no quotes and no `$`. */
function vtlMap(rows: [string, unknown][]): string {
  return `{\n${rows.map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`).join(',\n')}\n}`;
}

/** Everything `POST /purchases` may refuse: what the saga ends with, and what a record or the start of the saga says. */
export const PURCHASE_PROBLEMS: readonly ProblemName[] = [
  ...problemsOf(CHECKOUT),
  ...(['TooManyRequests', 'PurchaseFailed'] as const),
];
