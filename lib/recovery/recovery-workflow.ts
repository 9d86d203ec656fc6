import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Errors, Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { CANCELLATION } from '../../lambda/cancellation/outcomes';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { type handler as sendCancellationHandler } from '../../lambda/cancellation/send-cancellation';
import { type handler } from '../../lambda/notification/send-confirmation';
import { commentsOf, type CompensationName, compensationOrder } from '../../lambda/shared/outcomes';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { compensationTasks, ESCALATED } from '../checkout/checkout-saga';
import { compensationChain } from '../workflow/compensation-chain';
import { caught, stepTasks } from '../workflow/step-task';

export type RecoveryStep = CompensationName<typeof CHECKOUT> | 'SendConfirmation' | 'SendCancellation';

/** No execution's id goes to the steps: recovery may claim the purchase of any. */
const CORRELATION = { purchaseId: '$.purchaseId', recoveryId: '$$.Execution.Id' };

/**
 * Recovery settles one purchase that its execution has left behind, with the saga's own compensations.
 *
 * ```
 * RefundPayment ─▶ ReleaseSeat ─▶ PurchaseSettled
 *    │                 └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
 *    └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
 * the sale is cancelled, by a cancellation that died ─▶ SendCancellation ─▶ SaleCancelled
 * somebody else has the purchase ─▶ NothingDue
 * a compensation that fails for good is escalated, the rest of the chain runs ─▶ StillUnsettled
 * ```
 *
 * Input: `{ purchaseId, failures: {} }`.
 */
export function recoveryWorkflow(
  scope: Construct,
  { functions, escalations }: { functions: Record<RecoveryStep, Function>; escalations: IQueue },
): IChainable {
  const comments = { ...commentsOf(CHECKOUT), ...commentsOf(CANCELLATION) };
  const called = { functions, correlation: CORRELATION, comments };
  const compensations = compensationTasks(scope, called);
  const task = stepTasks<typeof handler | typeof sendCancellationHandler, 'purchaseId'>(scope, called);
  const sendConfirmation = task('SendConfirmation');
  const sendCancellation = task('SendCancellation');

  const purchaseSettled = new Succeed(scope, 'PurchaseSettled');
  const saleConfirmed = new Succeed(scope, 'SaleConfirmed');
  const saleCancelled = new Succeed(scope, 'SaleCancelled');
  const stillUnsettled = new Fail(scope, 'StillUnsettled', {
    error: 'StillUnsettled',
    cause: 'The reconciler will try again',
  });
  sendConfirmation.addCatch(stillUnsettled, caught('SendConfirmation', Errors.ALL)).next(saleConfirmed);

  sendCancellation.addCatch(stillUnsettled, caught('SendCancellation', Errors.ALL)).next(saleCancelled);

  const nothingDue = new Succeed(scope, 'NothingDue');
  const [first, ...others] = compensationOrder(CHECKOUT).map((name) => ({
    task: compensations[name],
    waysOut: [
      { errors: [SAGA_ERRORS.saleStands], next: sendConfirmation },
      { errors: [SAGA_ERRORS.saleCancelled], next: sendCancellation },
      { errors: [SAGA_ERRORS.notDue], next: nothingDue },
    ],
  }));
  return compensationChain(scope, {
    compensations: [first!, ...others],
    escalations: { queue: escalations, about: ESCALATED },
    ends: { undone: purchaseSettled, notUndone: stillUnsettled, choice: 'IsSettled' },
  });
}
