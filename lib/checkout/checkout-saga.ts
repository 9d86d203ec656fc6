import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Choice, Condition, type IChainable, JsonPath, Pass, Result } from 'aws-cdk-lib/aws-stepfunctions';
import { type LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import { CHECKOUT, type CheckoutTask } from '../../lambda/checkout/outcomes';
import { type handler as sendConfirmationHandler } from '../../lambda/notification/send-confirmation';
import { type handler as processPaymentHandler } from '../../lambda/payment/process-payment';
import { type handler as refundPaymentHandler } from '../../lambda/payment/refund-payment';
import { type PurchaseRequest } from '../../lambda/purchase/purchase';
import { type PurchaseAnswer } from '../../lambda/purchase/purchase-answer';
import { type handler as resumePurchaseHandler } from '../../lambda/seat/resume-purchase';
import { type handler as releaseSeatHandler, releaseSchema } from '../../lambda/seat/release-seat';
import { type Reservation, reservationSchema } from '../../lambda/seat/reservation';
import { type handler as reserveSeatHandler } from '../../lambda/seat/reserve-seat';
import { type Failures } from '../../lambda/shared/failures';
import { commentsOf, type CompensationName } from '../../lambda/shared/outcomes';
import { type handler as generateTicketHandler } from '../../lambda/ticket/generate-ticket';
import { GATEWAY_TIMEOUT } from '../payment/gateway-timeout';
import { failedEnds, undoFailures } from '../workflow/failures';
import { filled, type Path, paths } from '../workflow/paths';
import type * as z from 'zod/mini';
import { stepTasks, type StepTasksProps } from '../workflow/step-task';

/** The functions that the states run: what they take and answer is checked by these. */
type Steps =
  | typeof reserveSeatHandler
  | typeof resumePurchaseHandler
  | typeof processPaymentHandler
  | typeof generateTicketHandler
  | typeof sendConfirmationHandler;
type Compensations = typeof refundPaymentHandler | typeof releaseSeatHandler;

/** What an execution knows. It is started with the first of these; its states add the reservation, failures, what is undone. */
interface CheckoutState {
  readonly purchaseId: string;
  readonly requestId: string;
  /** The address that the request came from; an API that was deployed before it was told leaves it out. */
  readonly viewer: string;
  /** The body of `POST /purchases`; null where a purchase is taken up again or given up. */
  readonly request: PurchaseRequest;
  /** There where a purchase is taken up again, or given up. */
  readonly resume?: object;
  readonly abandon?: object;
  readonly reservation: Reservation;
  readonly failures: Failures;
  readonly undone: z.output<typeof releaseSchema>;
}

const $ = paths<CheckoutState>();

/** What correlates the logs of a purchase; the execution's id also says whose purchase a compensation may claim. */
export const CORRELATION = {
  purchaseId: '$.purchaseId',
  executionId: '$$.Execution.Id',
  requestId: '$.requestId',
};

/** People read of an escalation, so the purchase's id, which opens it, is not theirs to see. */
export const ESCALATED = escalated(CORRELATION.purchaseId);

/** The same, where the id is elsewhere. @param purchaseId JSONPath of it */
export function escalated(purchaseId: string) {
  return { purchaseHash: JsonPath.hash(JsonPath.stringAt(purchaseId), 'SHA-256') };
}

/**
 * The checkout saga.
 *
 * ```
 * StartOrResume ─▶ ReserveSeat ─▶ ProcessPayment …
 *    ├─ resume  ─▶ ResumePurchase ─▶ ProcessPayment …
 *    └─ abandon ─▶ RefundPayment ─▶ ReleaseSeat ─▶ PurchaseAbandoned
 *
 * ReserveSeat ─▶ ProcessPayment ─▶ GenerateTicket ─▶ SendConfirmation ─▶ PurchaseConfirmed
 *    │              │    │ │            │                  └─ error ─▶ LogNotificationError ─▶ PurchaseConfirmed
 *    │              │    │ └─ the bank wants the buyer ─▶ AuthenticationRequired: the purchase waits, its seats held
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
 * An execution cannot wait for a person, so it ends, and another one takes the purchase up again: it has the steps from
 * ProcessPayment on in common. One conditional write of ResumePurchase, or of RefundPayment where the buyer gives up, makes
 * the purchase that execution's.
 *
 * Input: `{ purchaseId, requestId, viewer, request }`, where `request` is the body of `POST /purchases`; or with `request: null`,
 * `resume: {}`, or `abandon: {}` and the failure that the purchase is then settled with, `failures: {"StartOrResume": …}`.
 */
export function checkoutSaga(
  scope: Construct,
  { functions, escalations }: { functions: Record<CheckoutTask, Function>; escalations: IQueue },
): IChainable {
  const called = { functions, correlation: CORRELATION, comments: commentsOf(CHECKOUT) };
  const task = stepTasks<Steps, keyof typeof CORRELATION>(scope, called);

  const reserveSeat = task('ReserveSeat', {
    input: { request: $.request, viewer: $.viewer },
    result: { schema: reservationSchema, at: $.reservation },
  });
  // A deployment changes the state machine before the API, so for some minutes executions begin without it.
  const viewerUnknown = new Pass(scope, 'ViewerUnknown', {
    result: Result.fromString(''),
    resultPath: String($.viewer),
  });

  const resumePurchase = task('ResumePurchase', {
    result: { schema: reservationSchema, at: $.reservation },
  });

  const processPayment = task('ProcessPayment', {
    input: {
      paymentIntentId: $.reservation.paymentIntentId,
      viewer: $.reservation.viewer,
      eventId: $.reservation.eventId,
      amount: $.reservation.amount,
      currency: $.reservation.currency,
      paymentMethod: $.reservation.paymentMethod,
    },
    retries: [GATEWAY_TIMEOUT],
  });

  const generateTicket = task('GenerateTicket', {
    input: {
      createdAt: $.reservation.createdAt,
      eventId: $.reservation.eventId,
      event: $.reservation.event,
      seats: $.reservation.seats,
      currency: $.reservation.currency,
      buyerName: $.reservation.buyerName,
    },
  });

  const sendConfirmation = task('SendConfirmation', { input: { channels: $.reservation.channels } });

  const logNotificationError = new Pass(scope, 'LogNotificationError');

  const answered = <Status extends PurchaseAnswer['status']>(status: Status) => ({
    purchaseId: $.purchaseId,
    reference: $.reservation.reference,
    status,
    eventId: $.reservation.eventId,
    seats: $.reservation.seatIds,
    amount: $.reservation.amount,
    currency: $.reservation.currency,
  });

  const purchaseConfirmed = new Pass(scope, 'PurchaseConfirmed', {
    parameters: filled<PurchaseAnswer>(answered('CONFIRMED')),
  });

  const authenticationRequired = new Pass(scope, 'AuthenticationRequired', {
    parameters: filled<PurchaseAnswer>({
      ...answered('AWAITING_AUTHENTICATION'),
      authenticateBy: $.reservation.authenticateBy,
    }),
  });

  const purchaseAbandoned = new Pass(scope, CHECKOUT.givenUp.end, {
    inputPath: String($.undone.purchase),
  });

  const ends = failedEnds(scope, CHECKOUT);
  // Where no seat was reserved by this execution there is nothing to go forward with. ReleaseSeat then answers from the
  // record (`PurchaseAlreadyAnswered`); a path that leads nowhere would end the execution past every catch.
  const isReserved = new Choice(scope, 'IsReserved')
    .when(Condition.isPresent(String($.reservation)), sendConfirmation)
    .otherwise(ends.unknown);
  const compensations = compensationTasks(scope, called, { request: $.request, undone: $.undone });

  undoFailures(scope, CHECKOUT, {
    ends,
    steps: {
      ReserveSeat: reserveSeat,
      ResumePurchase: resumePurchase,
      ProcessPayment: processPayment,
      GenerateTicket: generateTicket,
      SendConfirmation: sendConfirmation,
    },
    compensations,
    goesOn: { SendConfirmation: logNotificationError },
    givenUp: purchaseAbandoned,
    steers: {
      ProcessPayment: { AuthenticationAsked: authenticationRequired },
      RefundPayment: { SaleStands: isReserved },
      ReleaseSeat: { SaleStands: isReserved },
    },
    escalations: { queue: escalations, about: ESCALATED },
  });

  processPayment.next(generateTicket).next(sendConfirmation).next(purchaseConfirmed);
  logNotificationError.next(purchaseConfirmed);
  return new Choice(scope, CHECKOUT.givenUp.by)
    .when(Condition.isPresent(String($.resume)), resumePurchase.next(processPayment))
    .when(Condition.isPresent(String($.abandon)), compensations.RefundPayment)
    .when(Condition.isPresent(String($.viewer)), reserveSeat.next(processPayment))
    .otherwise(viewerUnknown.next(reserveSeat));
}

/** The compensations as states. Recovery and a cancellation run the same, but know no request. */
export function compensationTasks(
  scope: Construct,
  called: StepTasksProps<CompensationName<typeof CHECKOUT>>,
  known?: {
    /** Of a checkout. */
    readonly request?: Path<PurchaseRequest>;
    readonly undone: Path<z.output<typeof releaseSchema>>;
  },
): Record<CompensationName<typeof CHECKOUT>, LambdaInvoke> {
  const task = stepTasks<Compensations, 'purchaseId'>(scope, called);
  return {
    RefundPayment: task('RefundPayment', { input: { failures: $.failures }, retries: [GATEWAY_TIMEOUT] }),
    ReleaseSeat: task('ReleaseSeat', {
      input: { ...(known?.request && { request: known.request }), failures: $.failures },
      ...(known && { result: { schema: releaseSchema, at: known.undone } }),
    }),
  };
}
