import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Errors, Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { type handler } from '../../lambda/notification/send-confirmation';
import { commentsOf, type CompensationName, compensationOrder } from '../../lambda/shared/outcomes';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { compensationTasks, ESCALATED } from '../checkout/checkout-saga';
import { compensationChain } from '../workflow/compensation-chain';
import { caught, stepTasks } from '../workflow/step-task';

export type RecoveryStep = CompensationName<typeof CHECKOUT> | 'SendConfirmation';

/** No execution's id goes to the steps: recovery may claim the purchase of any. */
const CORRELATION = { purchaseId: '$.purchaseId', recoveryId: '$$.Execution.Id' };

/**
 * Recovery settles one purchase that its execution has left behind, with the saga's own compensations.
 *
 * ```
 * RefundPayment ─▶ ReleaseSeat ─▶ PurchaseSettled
 *    │                 └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
 *    └─ the sale stands ─▶ SendConfirmation ─▶ SaleConfirmed
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
  const called = { functions, correlation: CORRELATION, comments: commentsOf(CHECKOUT) };
  const compensations = compensationTasks(scope, called);
  const sendConfirmation = stepTasks<typeof handler, 'purchaseId'>(scope, called)('SendConfirmation');

  const purchaseSettled = new Succeed(scope, 'PurchaseSettled');
  const saleConfirmed = new Succeed(scope, 'SaleConfirmed');
  const stillUnsettled = new Fail(scope, 'StillUnsettled', {
    error: 'StillUnsettled',
    cause: 'The reconciler will try again',
  });
  sendConfirmation.addCatch(stillUnsettled, caught('SendConfirmation', Errors.ALL)).next(saleConfirmed);

  const nothingDue = new Succeed(scope, 'NothingDue');
  const [first, ...others] = compensationOrder(CHECKOUT).map((name) => ({
    task: compensations[name],
    waysOut: [
      { errors: [SAGA_ERRORS.saleStands], next: sendConfirmation },
      { errors: [...CHECKOUT.compensations[name].leaves], next: nothingDue },
    ],
  }));
  return compensationChain(scope, {
    compensations: [first!, ...others],
    escalations: { queue: escalations, about: ESCALATED },
    ends: { undone: purchaseSettled, notUndone: stillUnsettled, choice: 'IsSettled' },
  });
}
