import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  Errors,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { GATEWAY_TIMEOUT } from '../payment/gateway-timeout';
import { compensationChain } from '../workflow/compensation-chain';
import { caught, stepTasks } from '../workflow/step-task';

/** The steps and their compensations: each is a function of this name. */
export const SAGA_STEPS = [
  ...(['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'] as const),
  ...(['RefundPayment', 'ReleaseSeat'] as const),
];
export type SagaStep = (typeof SAGA_STEPS)[number];

/** What correlates the logs of a purchase; the execution's id also says whose purchase a compensation may claim. */
const CORRELATION = { purchaseId: '$.purchaseId', executionId: '$$.Execution.Id', requestId: '$.requestId' };

/** People read of an escalation, so the purchase's id, which opens it, is not theirs to see. */
export const ESCALATED = { purchaseHash: JsonPath.hash(JsonPath.stringAt('$.purchaseId'), 'SHA-256') };

/**
 * The checkout saga.
 *
 * ```
 * ReserveSeat ─▶ ProcessPayment ─▶ GenerateTicket ─▶ SendConfirmation ─▶ PurchaseConfirmed
 *    │              │    │              │                  └─ error ─▶ LogNotificationError ─▶ PurchaseConfirmed
 *    │              │    └─ outcome     └─ any error ─▶ RefundPayment ─▶ ReleaseSeat ─▶ TicketFailed
 *    │              │       unknown, our fault ─▶ RefundPayment ─▶ ReleaseSeat ─▶ PaymentFailed
 *    │              └─ definite decline ─▶ ReleaseSeat ─▶ PaymentFailed
 *    ├─ seat taken, bad request ─▶ ReservationFailed
 *    └─ outcome unknown ─▶ ReleaseSeat ─▶ ReservationFailed
 *                            ├─ the record says otherwise ─▶ ReservationFailed
 *                            ├─ the sale stands ─▶ SendConfirmation
 *                            └─ error ─▶ EscalateReleaseSeat ─▶ OutcomeUnknown
 * ```
 *
 * Each catch writes to `$.failures.<StateName>`: the compensations learn what failed, and `WhatFailed` picks the end.
 * A compensation that still fails after its retries is escalated and does not stop the rest of the chain. One that finds
 * the purchase CONFIRMED lost to the pivot: the saga goes forward. One that finds the key another execution's, or the
 * purchase failed for another reason, answers with what the record says. Until ReleaseSeat has claimed the purchase or found
 * its claim, nobody knows how it will end, so when it fails the buyer is told just that: any other answer could turn
 * out to be wrong.
 *
 * Input: `{ purchaseId, requestId, request }`, where `request` is the body of `POST /purchases`.
 */
export function checkoutSaga(
  scope: Construct,
  { functions, escalations }: { functions: Record<SagaStep, Function>; escalations: IQueue },
): IChainable {
  const task = stepTasks(scope, { functions, correlation: CORRELATION });

  const { ReserveSeat, ProcessPayment } = CHECKOUT.steps;
  const { ReleaseSeat } = CHECKOUT.compensations;
  const reserveSeat = task('ReserveSeat', {
    input: { request: '$.request' },
    result: [
      ...['reference', 'eventId', 'event', 'seats', 'seatIds', 'amount', 'currency', 'paymentMethod'],
      ...['createdAt', 'channels'],
    ],
    resultPath: '$.reservation',
  });

  const processPayment = task('ProcessPayment', {
    input: {
      amount: '$.reservation.amount',
      currency: '$.reservation.currency',
      // Null for seats that cost nothing; the request may then leave it out, and a missing path would end the execution.
      paymentMethod: '$.reservation.paymentMethod',
    },
    retries: [GATEWAY_TIMEOUT],
  });

  const generateTicket = task('GenerateTicket', {
    input: {
      createdAt: '$.reservation.createdAt',
      eventId: '$.reservation.eventId',
      event: '$.reservation.event',
      seats: '$.reservation.seats',
      currency: '$.reservation.currency',
      buyerName: '$.request.buyer.name',
    },
  });

  const sendConfirmation = task('SendConfirmation', { input: { channels: '$.reservation.channels' } });

  const refundPayment = task('RefundPayment', {
    input: { failures: '$.failures' },
    retries: [GATEWAY_TIMEOUT],
  });
  const releaseSeat = task('ReleaseSeat', { input: { request: '$.request', failures: '$.failures' } });

  const logNotificationError = new Pass(scope, 'LogNotificationError');

  const purchaseConfirmed = new Pass(scope, 'PurchaseConfirmed', {
    parameters: {
      'purchaseId.$': '$.purchaseId',
      'reference.$': '$.reservation.reference',
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
  const outcomeUnknown = failed('OutcomeUnknown', 'ReleaseSeat');

  const whatFailed = new Choice(scope, 'WhatFailed')
    .when(Condition.isPresent('$.failures.GenerateTicket'), ticketFailed)
    .when(Condition.isPresent('$.failures.ProcessPayment'), paymentFailed)
    .otherwise(reservationFailed);

  reserveSeat
    .addCatch(reservationFailed, caught('ReserveSeat', ...ReserveSeat.refuses, ...ReserveSeat.repeats))
    .addCatch(releaseSeat, caught('ReserveSeat', Errors.ALL));
  processPayment
    .addCatch(releaseSeat, caught('ProcessPayment', ...ProcessPayment.refuses))
    .addCatch(refundPayment, caught('ProcessPayment', Errors.ALL));
  generateTicket.addCatch(refundPayment, caught('GenerateTicket', Errors.ALL));
  sendConfirmation.addCatch(logNotificationError, caught('SendConfirmation', Errors.ALL));

  // Where no seat was reserved by this execution there is nothing to go forward with. ReleaseSeat then answers from the
  // record (`PurchaseAlreadySettled`); a path that leads nowhere would end the execution past every catch.
  const isReserved = new Choice(scope, 'IsReserved')
    .when(Condition.isPresent('$.reservation'), sendConfirmation)
    .otherwise(outcomeUnknown);
  compensationChain(scope, {
    compensations: [
      // What it leaves is an open refund. The reconciler finds it; the buyer's answer is the same.
      {
        task: refundPayment,
        waysOut: [{ errors: [SAGA_ERRORS.saleStands], next: sendConfirmation }],
        mayFail: true,
      },
      {
        task: releaseSeat,
        waysOut: [
          { errors: [SAGA_ERRORS.saleStands], next: isReserved },
          { errors: ReleaseSeat.repeats, next: reservationFailed, failureOf: 'ReserveSeat' },
        ],
      },
    ],
    escalations: { queue: escalations, about: ESCALATED },
    ends: { undone: whatFailed, notUndone: outcomeUnknown },
  });

  logNotificationError.next(purchaseConfirmed);
  return reserveSeat.next(processPayment).next(generateTicket).next(sendConfirmation).next(purchaseConfirmed);

  /** An end: the mapping template of the API turns the state's name and the cause into the answer. */
  function failed(name: string, step: SagaStep): Fail {
    return new Fail(scope, name, { error: name, causePath: `$.failures.${step}.Cause` });
  }
}
