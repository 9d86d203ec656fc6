import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Errors, type IChainable, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { type CancellationCause } from '../../lambda/purchase/cancellation';
import { claimSchema, type handler as claimHandler } from '../../lambda/cancellation/claim-cancellation';
import { CANCELLATION } from '../../lambda/cancellation/outcomes';
import { type handler as sendHandler } from '../../lambda/cancellation/send-cancellation';
import { type releaseSchema } from '../../lambda/seat/release-seat';
import { commentsOf, type TaskName } from '../../lambda/shared/outcomes';
import { compensationTasks, CORRELATION, escalated } from '../checkout/checkout-saga';
import { GATEWAY_TIMEOUT } from '../payment/gateway-timeout';
import { compensationChain } from '../workflow/compensation-chain';
import { failedEnds } from '../workflow/failures';
import { paths } from '../workflow/paths';
import { caught, stepTasks } from '../workflow/step-task';
import type * as z from 'zod/mini';

export type CancellationTask = TaskName<typeof CANCELLATION>;

/** What an execution knows. It is started with all but `claim` and `undone`. */
interface CancellationState {
  /** The id of the purchase or its reference. */
  readonly purchaseId: string;
  readonly requestId: string;
  /** The body of `POST /purchases/{purchaseId}/cancellation`; or that the money was given back by hand. */
  readonly request: CancellationCause;
  readonly failures: object;
  /** Whose sale it is: from here on the id. */
  readonly claim: z.output<typeof claimSchema>;
  readonly undone: z.output<typeof releaseSchema>;
}

const $ = paths<CancellationState>();

/**
 * Cancels a sale: the saga's own compensations after the pivot.
 *
 * ```
 * ClaimCancellation ─▶ RefundPayment ─▶ ReleaseSeat ─▶ SendCancellation ─▶ PurchaseCancelled
 *    │                                                    └─ error ─▶ LogNotificationError ─▶ PurchaseCancelled
 *    └─ refused, or cancelled before ─▶ CancellationRefused
 * a compensation that fails for good is escalated, the rest of the chain runs ─▶ OutcomeUnknown
 * ```
 *
 * The claim is the point of no return: the tickets are not valid from there on. What fails or dies after it is due some minutes
 * later, and recovery, which runs the same compensations, brings it to its end.
 *
 * Input: `{ purchaseId, requestId, request, failures: {} }`; an organiser may name the purchase by its reference.
 */
export function cancelPurchase(
  scope: Construct,
  { functions, escalations }: { functions: Record<CancellationTask, Function>; escalations: IQueue },
): IChainable {
  const comments = {
    ...commentsOf(CANCELLATION),
    RefundPayment: 'giving back what was agreed',
    ReleaseSeat: 'giving the seats back for sale',
  };
  const named = { functions, correlation: CORRELATION, comments };
  const purchaseId = String($.claim.purchaseId);
  const claimed = { ...named, correlation: { ...CORRELATION, purchaseId } };

  const claimCancellation = stepTasks<typeof claimHandler, keyof typeof CORRELATION>(scope, named)(
    'ClaimCancellation',
    {
      input: { request: $.request },
      result: { schema: claimSchema, at: $.claim },
      retries: [GATEWAY_TIMEOUT],
    },
  );
  const compensations = compensationTasks(scope, claimed, { undone: $.undone });
  const sendCancellation = stepTasks<typeof sendHandler, keyof typeof CORRELATION>(
    scope,
    claimed,
  )('SendCancellation');
  const logNotificationError = new Pass(scope, 'LogNotificationError');
  const purchaseCancelled = new Pass(scope, 'PurchaseCancelled', { inputPath: String($.undone.purchase) });

  const ends = failedEnds(scope, CANCELLATION);
  claimCancellation.addCatch(ends.ClaimCancellation, caught('ClaimCancellation', Errors.ALL));
  // What it does not tell, it leaves on the list of what is due: recovery tells it.
  sendCancellation.addCatch(logNotificationError, caught('SendCancellation', Errors.ALL));
  sendCancellation.next(purchaseCancelled);
  logNotificationError.next(purchaseCancelled);

  const undo = compensationChain(scope, {
    compensations: [{ task: compensations.RefundPayment }, { task: compensations.ReleaseSeat }],
    escalations: { queue: escalations, about: escalated(purchaseId) },
    ends: { undone: sendCancellation, notUndone: ends.unknown, choice: 'IsCancelled' },
  });
  return claimCancellation.next(undo);
}
