import { Duration } from 'aws-cdk-lib';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Errors,
  Fail,
  type IChainable,
  JitterType,
  JsonPath,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Pass, type RetryProps, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import { type ProblemName } from '../../lambda/shared/problem';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { FUNCTIONS } from '../functions';

export type SagaStep =
  'ReserveSeat' | 'ProcessPayment' | 'GenerateTicket' | 'SendConfirmation' | 'RefundPayment' | 'ReleaseSeat';

/** What ReserveSeat refuses for good: nothing is held, so nothing is undone. */
export const RESERVATION_REFUSALS: string[] = [
  ...([
    'ValidationFailed',
    'EventNotFound',
    'SeatNotFound',
    'SeatUnavailable',
    'PurchaseInProgress',
    'IdempotencyKeyReused',
  ] satisfies ProblemName[]),
  SAGA_ERRORS.purchaseAlreadySettled,
];

/** What ProcessPayment refuses for good: nothing was charged, so only the seats go back. */
export const PAYMENT_REFUSALS: string[] = [
  'PaymentDeclined',
  'PaymentActionRequired',
] satisfies ProblemName[];

/** Lambda's own passing troubles. A step that timed out may have done its work, so every step may run again. */
const TRANSIENT: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    Errors.TIMEOUT,
  ],
  interval: Duration.seconds(1),
  maxAttempts: 2,
  backoffRate: 2,
  maxDelay: Duration.seconds(4),
  jitterStrategy: JitterType.FULL,
};

/** `maxAttempts` counts retries: four calls in all, with waits of up to 2, 4 and 8 seconds. */
const GATEWAY_TIMEOUT: RetryProps = {
  errors: [SAGA_ERRORS.paymentGatewayTimeout],
  interval: Duration.seconds(2),
  maxAttempts: 3,
  backoffRate: 2,
  maxDelay: Duration.seconds(8),
  jitterStrategy: JitterType.FULL,
};

/**
 * The checkout saga.
 *
 * ```
 * ReserveSeat ─▶ ProcessPayment ─▶ GenerateTicket ─▶ SendConfirmation ─▶ PurchaseConfirmed
 *    │              │    │              │                  └─ error ─▶ LogNotificationError ─▶ PurchaseConfirmed
 *    │              │    └─ outcome     └─ any error ─▶ RefundPayment ─▶ ReleaseSeat ─▶ TicketFailed
 *    │              │       unknown ─▶ RefundPayment ─▶ ReleaseSeat ─▶ PaymentFailed
 *    │              └─ definite decline ─▶ ReleaseSeat ─▶ PaymentFailed
 *    ├─ seat taken, bad request ─▶ ReservationFailed
 *    └─ outcome unknown ─▶ ReleaseSeat ─▶ ReservationFailed
 * ```
 *
 * Each catch writes to `$.failures.<StateName>`: the compensations learn what failed, and `WhatFailed` picks the end.
 * A compensation that still fails after its retries does not stop the rest of the chain. One that finds the purchase
 * CONFIRMED lost to the pivot: the saga goes forward.
 *
 * Input: `{ purchaseId, requestId, request }`, where `request` is the body of `POST /purchases`.
 */
export function checkoutSaga(scope: Construct, functions: Record<SagaStep, IFunction>): IChainable {
  const reserveSeat = task('ReserveSeat', {
    input: { request: '$.request' },
    result: ['eventId', 'event', 'seats', 'seatIds', 'amount', 'currency', 'channels'],
    resultPath: '$.reservation',
  });

  const processPayment = task('ProcessPayment', {
    input: {
      amount: '$.reservation.amount',
      currency: '$.reservation.currency',
      paymentMethod: '$.request.paymentMethod',
    },
    retries: [GATEWAY_TIMEOUT],
  });

  const generateTicket = task('GenerateTicket', {
    input: {
      eventId: '$.reservation.eventId',
      event: '$.reservation.event',
      seats: '$.reservation.seats',
      currency: '$.reservation.currency',
      buyerName: '$.request.buyer.name',
    },
  });

  const sendConfirmation = task('SendConfirmation', {
    input: { eventId: '$.reservation.eventId', channels: '$.reservation.channels' },
  });

  const refundPayment = task('RefundPayment', { input: {}, retries: [GATEWAY_TIMEOUT] });
  const releaseSeat = task('ReleaseSeat', { input: { request: '$.request', failures: '$.failures' } });

  const logNotificationError = new Pass(scope, 'LogNotificationError');

  const purchaseConfirmed = new Pass(scope, 'PurchaseConfirmed', {
    parameters: {
      'purchaseId.$': '$.purchaseId',
      status: 'CONFIRMED',
      'eventId.$': '$.reservation.eventId',
      'seats.$': '$.reservation.seatIds',
      'amount.$': '$.reservation.amount',
      'currency.$': '$.reservation.currency',
    },
  });

  const reservationFailed = failed('ReservationFailed', 'ReserveSeat');
  const paymentFailed = failed('PaymentFailed', 'ProcessPayment');
  const ticketFailed = failed('TicketFailed', 'GenerateTicket');

  const whatFailed = new Choice(scope, 'WhatFailed')
    .when(Condition.isPresent('$.failures.GenerateTicket'), ticketFailed)
    .when(Condition.isPresent('$.failures.ProcessPayment'), paymentFailed)
    .otherwise(reservationFailed);

  reserveSeat
    .addCatch(reservationFailed, caught('ReserveSeat', ...RESERVATION_REFUSALS))
    .addCatch(releaseSeat, caught('ReserveSeat', Errors.ALL));
  processPayment
    .addCatch(releaseSeat, caught('ProcessPayment', ...PAYMENT_REFUSALS))
    .addCatch(refundPayment, caught('ProcessPayment', Errors.ALL));
  generateTicket.addCatch(refundPayment, caught('GenerateTicket', Errors.ALL));
  sendConfirmation.addCatch(logNotificationError, caught('SendConfirmation', Errors.ALL));

  refundPayment
    .addCatch(sendConfirmation, caught('RefundPayment', SAGA_ERRORS.saleStands))
    .addCatch(releaseSeat, caught('RefundPayment', Errors.ALL))
    .next(releaseSeat);
  releaseSeat
    .addCatch(sendConfirmation, caught('ReleaseSeat', SAGA_ERRORS.saleStands))
    .addCatch(whatFailed, caught('ReleaseSeat', Errors.ALL))
    .next(whatFailed);

  logNotificationError.next(purchaseConfirmed);
  return reserveSeat.next(processPayment).next(generateTicket).next(sendConfirmation).next(purchaseConfirmed);

  /** A step: its input is the ids that correlate everything, and `input`. It may run as long as its function may. */
  function task(name: SagaStep, { input, result, resultPath, retries = [] }: TaskProps): LambdaInvoke {
    const invoke = new LambdaInvoke(scope, name, {
      lambdaFunction: functions[name],
      payload: TaskInput.fromObject({
        'purchaseId.$': '$.purchaseId',
        'executionId.$': '$$.Execution.Id',
        'requestId.$': '$.requestId',
        ...Object.fromEntries(Object.entries(input).map(([field, path]) => [`${field}.$`, path])),
      }),
      resultSelector:
        result && Object.fromEntries(result.map((field) => [`${field}.$`, `$.Payload.${field}`])),
      resultPath: resultPath ?? JsonPath.DISCARD,
      taskTimeout: Timeout.duration(Duration.seconds(FUNCTIONS[name].timeoutSeconds + 1)),
      // CDK's own retries wait up to 126 seconds; ours are below.
      retryOnServiceExceptions: false,
    });
    for (const retry of [...retries, TRANSIENT]) invoke.addRetry(retry);
    return invoke;
  }

  /** An end: the mapping template of the API turns the state's name and the cause into the answer. */
  function failed(name: string, step: SagaStep): Fail {
    return new Fail(scope, name, { error: name, causePath: `$.failures.${step}.Cause` });
  }

  function caught(step: SagaStep, ...errors: string[]) {
    return { errors, resultPath: `$.failures.${step}` };
  }
}

interface TaskProps {
  /** Field of the function's input → path in the state. */
  readonly input: Record<string, string>;
  /** Fields of the function's answer that the state keeps at `resultPath`; nothing is kept when absent. */
  readonly result?: readonly string[];
  readonly resultPath?: string;
  readonly retries?: readonly RetryProps[];
}
