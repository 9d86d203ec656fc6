import { PRICES } from '../prices';
import {
  ACCESS_LOG_BYTES,
  AWAITED_MS,
  AWAITED_OTHERWISE_MS,
  EXECUTION_EVENT_BYTES,
  EXECUTION_EVENTS,
  EXPRESS_MEMORY_GB,
  PASS_EVENTS,
  PLATFORM_LOG_BYTES,
  TASK_EVENTS,
  TRACED_SHARE,
  TRANSITION_MS,
  WHOLE_PROCESSOR_MB,
} from './assumptions';
import { expressGbSeconds, type Item, lambdaGbSeconds, totalOf } from './bill';
import { type Consumption, type FunctionUse } from './consumption';

const GIGABYTE = 1e9;

/** Milliseconds a function runs on AWS: its share of a processor makes the computing longer, the waiting stays. */
export function billedMs({
  busyMs,
  calls,
  memoryMb,
}: Pick<FunctionUse, 'busyMs' | 'calls' | 'memoryMb'>): number {
  const waiting = sum(
    calls.map((group) => Math.max(...group.map((call) => AWAITED_MS[call] ?? AWAITED_OTHERWISE_MS))),
  );
  return busyMs * Math.max(1, WHOLE_PROCESSOR_MB / memoryMb) + waiting;
}

/** Ours: API Gateway, an Express workflow, a function a step. */
export function expressDesign({ steps, directTasks = 0, states, logsEveryState }: Consumption): Item[] {
  const durationMs = sum(steps.map(billedMs)) + states.length * TRANSITION_MS;
  const tasks = steps.length + directTasks;
  const events = EXECUTION_EVENTS + tasks * TASK_EVENTS + (states.length - tasks) * PASS_EVENTS;
  return [
    ...entrance(),
    item('Express executions', 1, 'execution', PRICES.expressRequest),
    item('Express duration', expressGbSeconds(durationMs, EXPRESS_MEMORY_GB), 'GB-s', PRICES.expressGbSecond),
    ...functions(steps),
    ...stores(steps),
    ...(logsEveryState
      ? [item('Logs of the workflow', (events * EXECUTION_EVENT_BYTES) / GIGABYTE, 'GB', PRICES.logGb)]
      : []),
    ...observation(steps),
  ];
}

/** The same states and functions as a Standard workflow, which is billed by transition. */
export function standardDesign(consumption: Consumption): Item[] {
  const transitions = item(
    'Standard transitions',
    consumption.states.length + 1,
    'transition',
    PRICES.standardTransition,
  );
  return [...expressDesign(consumption).filter(({ name }) => !name.startsWith('Express')), transitions];
}

/** One function that does it all, with the memory of ours that makes it cheapest: mostly it waits. */
export function embeddedDesign({ steps }: Consumption): Item[] {
  const designs = steps.map(({ memoryMb }) => embeddedWith(memoryMb, steps));
  return designs.reduce((cheapest, design) => (totalOf(design) < totalOf(cheapest) ? design : cheapest));
}

function embeddedWith(memoryMb: number, steps: readonly FunctionUse[]): Item[] {
  const whole: FunctionUse = {
    ...steps[0]!,
    memoryMb,
    busyMs: sum(steps.map(({ busyMs }) => busyMs)),
    calls: steps.flatMap(({ calls }) => calls),
    readUnits: sum(steps.map(({ readUnits }) => readUnits)),
    writeUnits: sum(steps.map(({ writeUnits }) => writeUnits)),
    // It prints one line, as a step does.
    logBytes: Math.max(...steps.map(({ logBytes }) => logBytes)),
  };
  return [
    ...entrance(),
    ...functions([whole], 'PurchaseTicket'),
    ...stores([whole]),
    ...observation([whole]),
  ];
}

/** The messages of one purchase: queue, function and e-mail, which the design sells apart. */
export function deliveryItems({ deliveries }: Consumption): Item[] {
  return [
    // A message is sent by SNS for nothing, received and deleted: two requests.
    item('SQS', deliveries.length * 2, 'request', PRICES.sqsRequest),
    ...functions(deliveries),
    ...stores(deliveries),
    ...observation(deliveries).filter(({ name }) => !name.startsWith('Logs of the API')),
    item('SES', 1, 'e-mail', PRICES.sesEmail),
  ];
}

function entrance(): Item[] {
  return [
    item('API Gateway', 1, 'request', PRICES.apiGatewayRequest),
    item('Firewall', 1, 'request', PRICES.wafRequest),
  ];
}

function functions(uses: readonly FunctionUse[], as?: string): Item[] {
  return [
    item('Lambda requests', uses.length, 'request', PRICES.lambdaRequest),
    ...uses.map((use) =>
      item(
        `Lambda duration ${as ?? use.name} (${use.memoryMb} MB)`,
        lambdaGbSeconds(billedMs(use), use.memoryMb),
        'GB-s',
        PRICES.lambdaGbSecond,
      ),
    ),
  ];
}

function stores(uses: readonly FunctionUse[]): Item[] {
  const calls = uses.flatMap((use) => use.calls).flat();
  const count = (call: string) => calls.filter((each) => each === call).length;
  return [
    ...uses.map(({ name, writeUnits }) =>
      item(`DynamoDB writes ${name}`, writeUnits, 'WRU', PRICES.dynamoDbWriteUnit),
    ),
    ...uses.map(({ name, readUnits }) =>
      item(`DynamoDB reads ${name}`, readUnits, 'RRU', PRICES.dynamoDbReadUnit),
    ),
    item('S3', count('s3 PUT'), 'PUT', PRICES.s3Put),
    item('SNS', count('sns Publish'), 'publish', PRICES.snsPublish),
  ].filter(({ quantity }) => quantity > 0);
}

function observation(uses: readonly FunctionUse[]): Item[] {
  const bytes = sum(
    uses.map(({ logBytes, logsEveryRun }) => logBytes + (logsEveryRun ? PLATFORM_LOG_BYTES : 0)),
  );
  return [
    item('Logs of the functions', bytes / GIGABYTE, 'GB', PRICES.logGb),
    item('Logs of the API', ACCESS_LOG_BYTES / GIGABYTE, 'GB', PRICES.logGb),
    item('X-Ray', TRACED_SHARE, 'trace', PRICES.xrayTrace),
  ];
}

function item(name: string, quantity: number, unit: string, price: number): Item {
  return { name, quantity, unit, price };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
