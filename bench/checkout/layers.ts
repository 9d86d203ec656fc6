import { type Invocation, type ObservedCheckout } from '../observe/checkout-observer';
import { observeCheckouts } from '../observe/observe-checkouts';
import { type Spread, spreadOf } from '../report/statistics';

/** A part of the way of a purchase, and how long purchases were in it. */
export interface Layer {
  readonly name: string;
  readonly ms: Spread;
}

/** Time by layer, of purchases one after the other. */
export async function measureLayers(purchases: number): Promise<Layer[]> {
  const { observed, emptyInvocationMs } = await observeCheckouts({ purchases, seatsPerPurchase: 2 });
  const layers = observed.map(({ totalMs, checkout }) => layersOf(totalMs, checkout, emptyInvocationMs));
  return Object.keys(layers[0]!).map((name) => ({ name, ms: spreadOf(layers.map((each) => each[name]!)) }));
}

export function layersOf(
  totalMs: number,
  { executionMs, steps }: Pick<ObservedCheckout, 'executionMs' | 'steps'>,
  emptyInvocationMs: number,
): Record<string, number> {
  const invoked = sum(steps.map(({ startedAt, endedAt }) => endedAt - startedAt));
  const calls = steps.flatMap((step) => step.calls);
  const serviceMs = (...services: string[]) =>
    sum(calls.filter(({ service }) => services.includes(service)).map((call) => call.serviceMs));
  const recorder = sum(calls.map(({ startedAt, endedAt, serviceMs }) => endedAt - startedAt - serviceMs));
  const overhead = emptyInvocationMs * steps.length;
  return {
    'HTTP and mapping templates': totalMs - executionMs,
    Interpreter: executionMs - invoked,
    'Invoking (threads, messages)': overhead,
    ...Object.fromEntries(
      steps.map((step) => [`Handler ${step.function}`, handlerMs(step) - emptyInvocationMs]),
    ),
    'DynamoDB engine': serviceMs('dynamodb'),
    'Stripe server': serviceMs('stripe'),
    S3: serviceMs('s3'),
    SNS: serviceMs('sns'),
    'Secrets Manager': serviceMs('secretsmanager'),
    'The recorder itself': recorder,
    All: totalMs,
  };
}

/** Milliseconds a function ran and did not wait for a service. */
export function handlerMs({ startedAt, endedAt, calls }: Invocation): number {
  return endedAt - startedAt - sum(calls.map((call) => call.endedAt - call.startedAt));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
