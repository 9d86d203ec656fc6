/**
 * What a laptop cannot measure: estimates, none of them measured on AWS. Everything else in docs/cost.md is measured or
 * counted.
 *
 * Waiting is what a function pays for while a service works. Replace these by the medians of your own traces.
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
  'stripe POST /v1/payment_intents/{id}/capture': 400,
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
 * Bytes of Lambda's own lines (START, END, REPORT) for a run of a function, where the stage has them written, with the 26
 * that CloudWatch adds to each. An estimate.
 */
export const PLATFORM_LOG_BYTES = 740;

/** An estimate: bytes of the access log's line for a purchase, as `lib/api/checkout-api.ts` formats it, with CloudWatch's 26. */
export const ACCESS_LOG_BYTES = 320;

/**
 * An estimate: bytes of one event in the log of an Express workflow without execution data: id, type, timestamp, ARN, previous id,
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
