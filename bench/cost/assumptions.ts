/**
 * What a laptop cannot measure. Everything else in docs/cost.md is measured.
 *
 * Waiting is what a function pays for while a service works. The figures are round medians of what the services'
 * clients see within a region; for Stripe, of its API from the outside. Change them here.
 */
export const AWAITED_MS: Readonly<Record<string, number>> = {
  'dynamodb GetItem': 4,
  'dynamodb PutItem': 5,
  'dynamodb UpdateItem': 5,
  'dynamodb TransactWriteItems': 15,
  's3 PUT': 30,
  'sns Publish': 15,
  'stripe POST /v1/payment_intents': 250,
  'stripe POST /v1/payment_intents/{id}/confirm': 900,
};

/** Of a call that the table does not name. */
export const AWAITED_OTHERWISE_MS = 10;

/** MB at which a function has one whole processor; below it has a share. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const WHOLE_PROCESSOR_MB = 1_769;

/** Milliseconds of an embedded or saga execution that no function runs: Step Functions between two states. */
export const TRANSITION_MS = 20;

/** Of an Express execution: it starts at 50 MB, and is billed in chunks of 64. */
export const EXPRESS_MEMORY_GB = 64 / 1024;

/**
 * Bytes beside what a function prints itself, an invocation: START, END and REPORT lines in JSON or text, the line of
 * X-Ray, and 26 bytes that CloudWatch adds to each event. The lines of an invocation in `us-east-1` are 60 to 330 long.
 */
export const PLATFORM_LOG_BYTES = 740;

/** Bytes of the access log's line for a purchase, as `lib/api/checkout-api.ts` formats it, with CloudWatch's 26. */
export const ACCESS_LOG_BYTES = 320;

/**
 * Bytes of one event in the log of an Express workflow without execution data: id, type, timestamp, ARN, previous id,
 * and details that name the resource; with CloudWatch's 26.
 */
export const EXECUTION_EVENT_BYTES = 480;

/** Events of a Task with a function: entered, scheduled, started, succeeded, exited. Of a Pass: entered, exited. */
export const TASK_EVENTS = 5;
export const PASS_EVENTS = 2;
/** Started and succeeded. */
export const EXECUTION_EVENTS = 2;

/** Share of the requests that X-Ray records under its default rule, beyond the first a second. */
export const TRACED_SHARE = 0.05;
