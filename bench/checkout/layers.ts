import { type Invocation, type ObservedCheckout } from '../observe/checkout-observer';
import { type WireCall } from '../observe/wire-call';
import { observeCheckouts } from '../server/observe-checkouts';
import { type Lab } from '../server/lab';
import { type Spread, spreadOf } from '../report/statistics';

/** A part of the way of a purchase, and how long purchases were in it. */
export interface Layer {
  readonly name: string;
  readonly ms: Spread;
}

/** Time by layer, of purchases one after the other. */
export async function measureLayers(lab: Lab, purchases: number): Promise<Layer[]> {
  const { observed, emptyInvocationMs } = await observeCheckouts(lab, { purchases, seatsPerPurchase: 2 });
  const layers = observed.map(({ totalMs, checkout }) => layersOf(totalMs, checkout, emptyInvocationMs));
  return Object.keys(layers[0]!).map((name) => ({ name, ms: spreadOf(layers.map((each) => each[name]!)) }));
}

export function layersOf(
  totalMs: number,
  { executionMs, observerMs, steps }: Pick<ObservedCheckout, 'executionMs' | 'observerMs' | 'steps'>,
  emptyInvocationMs: number,
): Record<string, number> {
  const invoked = sum(steps.map(({ startedAt, endedAt }) => endedAt - startedAt));
  const calls = steps.flatMap((step) => step.calls);
  const serviceMs = (...services: string[]) =>
    sum(calls.filter(({ service }) => services.includes(service)).map((call) => call.serviceMs));
  const recorder =
    observerMs + sum(calls.map(({ startedAt, endedAt, serviceMs }) => endedAt - startedAt - serviceMs));
  const overhead = emptyInvocationMs * steps.length;
  return {
    'HTTP and mapping templates': totalMs - observerMs - executionMs,
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
export function handlerMs({
  startedAt,
  endedAt,
  calls,
}: Pick<Invocation, 'startedAt' | 'endedAt' | 'calls'>): number {
  const waits = concurrentCalls(calls).map(
    (group) =>
      Math.max(...group.map((call) => call.endedAt)) - Math.min(...group.map((call) => call.startedAt)),
  );
  return endedAt - startedAt - sum(waits);
}

/** The calls in groups: those of a group overlapped, so the function waited for the longest of them alone. */
export function concurrentCalls(calls: readonly WireCall[]): WireCall[][] {
  const groups: WireCall[][] = [];
  for (const call of [...calls].sort((a, b) => a.startedAt - b.startedAt)) {
    const current = groups.at(-1);
    if (current?.some(({ endedAt }) => endedAt > call.startedAt)) current.push(call);
    else groups.push([call]);
  }
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
