import * as z from 'zod/mini';
import { referenceOf } from '../../../lambda/shared/reference';
import { logger } from '../../../lambda/shared/logger';
import { PaymentNotPossible } from '../../../lambda/payment/payment-refusal';
import { Problem, PROBLEMS } from '../../../lambda/shared/problem';
import { PaymentGatewayTimeout } from '../../../lambda/shared/saga-errors';
import { type Refusal, step } from '../../../lambda/shared/step';
import { type RefusalOf, type Outcomes } from '../../../lambda/shared/outcomes';
import { errorOf } from '../checkout';
import { CONTEXT } from '../invocation';

const SECRET = 'Ada Lovelace';
const PURCHASE_ID = 'd0c3a8f2-6f0e-4a43-9a55-0d1c7a0b5e11';
const IDS = { executionId: 'e-1', requestId: 'r-1', recoveryId: 'v-1' };
const EVENT = { ...IDS, purchaseId: PURCHASE_ID, count: 1, name: SECRET };

const info = jest.spyOn(logger, 'info');
const error = jest.spyOn(logger, 'error');
const keys = jest.spyOn(logger, 'appendKeys');
beforeEach(() => jest.clearAllMocks());

const MEANING = { impact: 'Nobody counts.', runbook: 'Counting fails' };
const COUNTING = {
  steps: {
    CountSeats: {
      ...{ entry: 'count-seats.ts', timeoutSeconds: 1, doing: 'counting' },
      refuses: ['SeatUnavailable'],
      steers: ['SaleStands'],
      admits: [{ problem: 'PaymentNotPossible', ...MEANING }],
      fails: { end: 'CountFailed', problem: 'TicketFailed', ...MEANING },
    },
    ListenToSeats: { entry: 'listen-to-seats.ts', timeoutSeconds: 1, doing: 'listening' },
  },
  compensations: {},
  interrupted: { problem: 'CheckoutInterrupted', ...MEANING },
  unknown: { end: 'OutcomeUnknown', problem: 'OutcomeUnknown' },
} as const satisfies Outcomes<never>;

const input = z.object({ count: z.int() });
const output = z.object({ count: z.int() });
type Counted = z.output<typeof output> | Refusal<RefusalOf<typeof COUNTING, 'CountSeats'>>;

function countingStep(
  run: (input: { count: number }) => Promise<Counted> = async ({ count }) => ({ count: count + 1 }),
) {
  const connect = jest.fn(() => ({}));
  return { handler: step(COUNTING, 'CountSeats', { input, output, connect, run }), connect };
}

test('it answers what the step returns', async () => {
  const { handler } = countingStep();

  await expect(handler(EVENT, CONTEXT)).resolves.toEqual({ count: 2 });
});

test('it connects once a container, and not for an input it refuses', async () => {
  const { handler, connect } = countingStep();

  const refusal = await errorOf(handler({ ...EVENT, count: 'one' }, CONTEXT));
  const connectedBefore = connect.mock.calls.length;
  await handler(EVENT, CONTEXT);
  await handler(EVENT, CONTEXT);

  expect(refusal.name).toBe('ValidationFailed');
  expect(connectedBefore).toBe(0);
  expect(connect).toHaveBeenCalledTimes(1);
});

test('what it logs carries the step, the reference of the purchase and the ids of AWS, and nothing else of the input', async () => {
  const { handler } = countingStep();

  await handler(EVENT, CONTEXT);

  expect(keys.mock.calls).toEqual([[{ step: 'CountSeats', reference: referenceOf(PURCHASE_ID), ...IDS }]]);
  expect([...info.mock.calls, ...error.mock.calls]).toEqual([]);
});

test.each([
  ['no object', null],
  ['ids that are no text', { purchaseId: { name: SECRET }, executionId: 7 }],
  ['an id of any length', { executionId: 'x'.repeat(513) }],
  ['what a client typed for an id', { purchaseId: 'jane.doe@private.example' }],
])('an input with %s is correlated by nothing', async (_, event) => {
  const { handler } = countingStep();

  await errorOf(handler(event, CONTEXT));

  expect(keys.mock.calls).toEqual([[{ step: 'CountSeats' }]]);
});

test.each<[string, (refusal: Problem<'SeatUnavailable'>) => Promise<Counted>]>([
  ['returns', async (refusal) => refusal],
  ['throws', async (refusal) => Promise.reject(refusal)],
])(
  'a refusal of its row that the step %s is thrown on, and is business as usual in the log',
  async (_, how) => {
    const refusal = new Problem('SeatUnavailable', `${SECRET} has it`);
    const { handler } = countingStep(() => how(refusal));

    const thrown = await errorOf(handler(EVENT, CONTEXT));

    expect(thrown).toMatchObject({ name: refusal.name, message: refusal.message });
    expect(info.mock.calls).toEqual([['CountSeats refused', { errorName: 'SeatUnavailable' }]]);
    expect(error).not.toHaveBeenCalled();
  },
);

test('a refusal without a row does not compile, nor a step without one, nor a result that its schema does not name', () => {
  const schemas = { input, output, connect: () => ({}) };
  const counted = { ...schemas, run: async () => ({ count: 1 }) };
  const taken = { ...schemas, run: async () => new Problem('SeatUnavailable') };
  const lost = { ...schemas, run: async () => new Problem('SeatNotFound') };
  const numbered = { ...schemas, run: async () => ({ number: 1 }) };

  step(COUNTING, 'CountSeats', taken);
  // @ts-expect-error SeatNotFound is not in the row of CountSeats
  step(COUNTING, 'CountSeats', lost);
  step(COUNTING, 'ListenToSeats', counted);
  // @ts-expect-error SeatUnavailable is in the row of CountSeats, and not in that of ListenToSeats
  step(COUNTING, 'ListenToSeats', taken);
  // @ts-expect-error there is no row SmellSeats
  step(COUNTING, 'SmellSeats', counted);
  // @ts-expect-error the output schema has no field number
  step(COUNTING, 'CountSeats', numbered);
});

test('a refusal without a row that is thrown is a fault', async () => {
  const { handler } = countingStep(async () => Promise.reject(new Problem('SeatNotFound')));

  const thrown = await errorOf(handler(EVENT, CONTEXT));

  expect(thrown.name).toBe('SeatNotFound');
  expect(error.mock.calls).toEqual([
    ['CountSeats failed', expect.objectContaining({ errorName: 'SeatNotFound' })],
  ]);
});

describe('what the step returns', () => {
  test('is a fault when the output schema refuses it: the log names the fields, and no value', async () => {
    const { handler } = countingStep(async () => ({ count: SECRET }) as never);

    const thrown = await errorOf(handler(EVENT, CONTEXT));

    expect(thrown.name).toBe('ResultInvalid');
    expect(error.mock.calls).toEqual([
      ['CountSeats failed', expect.objectContaining({ fields: 'count must be number.' })],
    ]);
    expect(JSON.stringify(error.mock.calls) + thrown.message).not.toContain(SECRET);
  });

  test('stays in as far as the output schema does not name it', async () => {
    const { handler } = countingStep(async () => ({ count: 1, buyer: SECRET }));

    await expect(handler(EVENT, CONTEXT)).resolves.toEqual({ count: 1 });
  });
});

test('a problem that is our fault is no refusal: it is logged as a fault, with its facts, and told in its words', async () => {
  const facts = { stripeError: 'StripeAuthenticationError', stripeRequest: 'req_1' };
  const { handler } = countingStep(async () => Promise.reject(new PaymentNotPossible(facts)));

  const thrown = await errorOf(handler(EVENT, CONTEXT));

  expect(thrown).toMatchObject({
    name: 'PaymentNotPossible',
    message: PROBLEMS.PaymentNotPossible.detail,
  });
  expect(error.mock.calls).toEqual([
    [
      'CountSeats failed',
      { errorName: 'PaymentNotPossible', ...facts, stack: expect.stringMatching(/^ {4}at /m) },
    ],
  ]);
  expect(info).not.toHaveBeenCalled();
});

test.each([
  ['of ours', new PaymentGatewayTimeout(`about ${SECRET}`), 'PaymentGatewayTimeout'],
  ['of somebody else', new TypeError(`about ${SECRET}`), 'TypeError'],
])(
  'a fault %s is thrown on, and logged by its name and place, never its words',
  async (_, fault, errorName) => {
    const { handler } = countingStep(async () => Promise.reject(fault));

    const thrown = await errorOf(handler(EVENT, CONTEXT));

    expect(thrown.name).toBe(errorName);
    expect(error.mock.calls).toEqual([
      ['CountSeats failed', { errorName, stack: expect.stringMatching(/^ {4}at .*step\.test\.ts/m) }],
    ]);
    expect(JSON.stringify(error.mock.calls)).not.toContain(SECRET);
  },
);

describe('what is thrown on, which the runtime logs whole', () => {
  test.each([
    ['a refusal', new Problem('SeatUnavailable', 'No longer available: A-1.'), 'No longer available: A-1.'],
    ['a fault of ours', new PaymentGatewayTimeout('Stripe: lock_timeout'), 'Stripe: lock_timeout'],
    ["somebody else's error", new TypeError(`about ${SECRET}`), 'CountSeats failed'],
    [
      'an error that brings what the SDK got',
      Object.assign(new Error(`about ${SECRET}`), { Item: { name: SECRET }, cause: SECRET }),
      'CountSeats failed',
    ],
  ])('is of %s the name and words of ours, and nothing else', async (_, fault, message) => {
    const { handler } = countingStep(async () => Promise.reject(fault));

    const thrown = await errorOf(handler(EVENT, CONTEXT));

    expect({ ...thrown }).toEqual({ name: fault.name });
    expect(thrown.message).toBe(message);
    expect(thrown.stack).toBe(`${fault.name}: ${message}`);
    expect(thrown.cause).toBeUndefined();
  });

  test('is an error even of what is none', async () => {
    const { handler } = countingStep(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw SECRET;
    });

    const thrown = await errorOf(handler(EVENT, CONTEXT));

    expect(thrown).toMatchObject({ name: 'Error', message: 'CountSeats failed' });
  });
});
