import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Errors, Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { ESCALATED } from '../checkout/checkout-saga';
import { GATEWAY_TIMEOUT } from '../payment/gateway-timeout';
import { compensationChain } from '../workflow/compensation-chain';
import { caught, stepTasks } from '../workflow/step-task';

export type RecoveryStep = 'RefundPayment' | 'ReleaseSeat' | 'SendConfirmation';

/** No execution's id goes to the steps: recovery may claim the purchase of any. */
const CORRELATION = { purchaseId: '$.purchaseId', recoveryId: '$$.Execution.Id' };

/**
 * Recovery settles one purchase that its execution has left behind, with the saga's own compensations.
 *
 * ```
 * RefundPayment ─▶ ReleaseSeat ─▶ PurchaseSettled
 *    │                 └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
 *    └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
 * a compensation that fails for good is escalated, the rest of the chain runs ─▶ StillUnsettled
 * ```
 *
 * Input: `{ purchaseId, failures: {} }`.
 */
export function recoveryWorkflow(
  scope: Construct,
  { functions, escalations }: { functions: Record<RecoveryStep, Function>; escalations: IQueue },
): IChainable {
  const task = stepTasks(scope, { functions, correlation: CORRELATION });

  const refundPayment = task('RefundPayment', {
    input: { failures: '$.failures' },
    retries: [GATEWAY_TIMEOUT],
  });
  const releaseSeat = task('ReleaseSeat', { input: { failures: '$.failures' } });
  const sendConfirmation = task('SendConfirmation');

  const purchaseSettled = new Succeed(scope, 'PurchaseSettled');
  const saleConfirmed = new Succeed(scope, 'SaleConfirmed');
  const stillUnsettled = new Fail(scope, 'StillUnsettled', {
    error: 'StillUnsettled',
    cause: 'The reconciler will try again',
  });
  sendConfirmation.addCatch(stillUnsettled, caught('SendConfirmation', Errors.ALL)).next(saleConfirmed);

  const saleStands = { errors: [SAGA_ERRORS.saleStands], next: sendConfirmation };
  return compensationChain(scope, {
    compensations: [
      { task: refundPayment, waysOut: [saleStands] },
      { task: releaseSeat, waysOut: [saleStands] },
    ],
    escalations: { queue: escalations, about: ESCALATED },
    ends: { undone: purchaseSettled, notUndone: stillUnsettled, choice: 'IsSettled' },
  });
}
