import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Choice, Condition, Errors, Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { caught, escalate, GATEWAY_TIMEOUT, stepTask, type StepTaskProps } from '../checkout/step-task';

export type RecoveryStep = 'RefundPayment' | 'ReleaseSeat' | 'SendConfirmation';

/** No execution's id goes to the steps: recovery may claim the purchase of any. */
const CORRELATION = { recoveryId: '$$.Execution.Id' };

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
  { functions, escalations }: { functions: Record<RecoveryStep, IFunction>; escalations: IQueue },
): IChainable {
  const refundPayment = task('RefundPayment', {
    input: { failures: '$.failures' },
    retries: [GATEWAY_TIMEOUT],
  });
  const releaseSeat = task('ReleaseSeat', { input: { failures: '$.failures' } });
  const sendConfirmation = task('SendConfirmation', { input: {} });

  const purchaseSettled = new Succeed(scope, 'PurchaseSettled');
  const saleConfirmed = new Succeed(scope, 'SaleConfirmed');
  const stillUnsettled = new Fail(scope, 'StillUnsettled', {
    error: 'StillUnsettled',
    cause: 'The reconciler will try again',
  });
  const isSettled = new Choice(scope, 'IsSettled')
    .when(Condition.isPresent('$.failures.RefundPayment'), stillUnsettled)
    .otherwise(purchaseSettled);

  refundPayment
    .addCatch(sendConfirmation, caught('RefundPayment', SAGA_ERRORS.saleStands))
    .addCatch(
      escalate(scope, 'RefundPayment', { queue: escalations, next: releaseSeat }),
      caught('RefundPayment', Errors.ALL),
    );
  releaseSeat
    .addCatch(sendConfirmation, caught('ReleaseSeat', SAGA_ERRORS.saleStands))
    .addCatch(
      escalate(scope, 'ReleaseSeat', { queue: escalations, next: stillUnsettled }),
      caught('ReleaseSeat', Errors.ALL),
    );
  sendConfirmation.addCatch(stillUnsettled, caught('SendConfirmation', Errors.ALL)).next(saleConfirmed);
  return refundPayment.next(releaseSeat).next(isSettled);

  function task(name: RecoveryStep, props: Omit<StepTaskProps, 'function' | 'correlation'>) {
    return stepTask(scope, name, { ...props, function: functions[name], correlation: CORRELATION });
  }
}
