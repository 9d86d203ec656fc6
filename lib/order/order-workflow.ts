import { Duration } from 'aws-cdk-lib';
import { type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  Errors,
  Fail,
  type IChainable,
  JsonPath,
  Parallel,
  Pass,
  type RetryProps,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { DynamoAttributeValue, DynamoUpdateItem, SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import {
  AUTHENTICATED_WITHIN,
  type handler as awaitAuthenticationHandler,
} from '../../lambda/order/await-authentication';
import { type handler as checkInventoryHandler, inventorySchema } from '../../lambda/order/check-inventory';
import { NEVER } from '../../lambda/order/order-repository';
import { ORDER } from '../../lambda/order/outcomes';
import { type handler as processPaymentHandler } from '../../lambda/order/process-order-payment';
import { type handler as refundHandler } from '../../lambda/order/refund-order';
import { type handler as restoreHandler } from '../../lambda/order/restore-inventory';
import { type handler as validateHandler } from '../../lambda/order/validate-order';
import { type Failures } from '../../lambda/shared/failures';
import { commentsOf, type TaskName } from '../../lambda/shared/outcomes';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { GATEWAY_TIMEOUT } from '../payment/gateway-timeout';
import { compensationChain } from '../workflow/compensation-chain';
import { paths } from '../workflow/paths';
import { caught, stepTasks } from '../workflow/step-task';
import type * as z from 'zod/mini';

/** What an execution knows. It is started with all but `inventory`; everything else is in the order's record. */
interface OrderState {
  readonly orderId: string;
  /** Of the order, for people. */
  readonly reference: string;
  readonly failures: Failures;
  readonly inventory: z.output<typeof inventorySchema>;
}

const $ = paths<OrderState>();
const ENTERED = paths<string>('$$.State.EnteredTime');

const CORRELATION = { orderId: '$.orderId', executionId: '$$.Execution.Id' };

/** Of what is written and published without a function: the service's own troubles pass. Two seconds, three retries, rate 2. */
const SERVICE_TROUBLE: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.seconds(2),
  maxAttempts: 3,
  backoffRate: 2,
};

/** A condition that is false stays false. */
const CONDITION_FAILED = 'DynamoDB.ConditionalCheckFailedException';

export interface OrderWorkflowProps {
  readonly functions: Record<TaskName<typeof ORDER>, Function>;
  /** The orders. */
  readonly table: ITable;
  /** `order-notifications` */
  readonly topic: ITopic;
  readonly escalations: IQueue;
}

/**
 * An order of extras.
 *
 * ```
 * ValidateOrder ─▶ CheckInventory ─▶ InventoryChoice ─▶ ProcessPayment ─▶ FulfillOrder ─▶ OrderConfirmed
 *    │                │                 │                 │ ▲    │  │        │  UpdateInventory, SendNotification side by side
 *    │                │                 │                 ▼ │    │  │        └─ the sale cannot be written ─▶ RefundPayment
 *    │                │                 │   AwaitAuthentication   │  └─ outcome unknown ─▶ RefundPayment ─▶ RestoreInventory ─▶ …
 *    │                │                 │                         └─ declined, too late ─▶ RestoreInventory ─▶ NotifyFailure
 *    │                │                 └─ out of stock ─▶ NotifyFailure ─▶ OrderFailed
 *    │                └─ error ─▶ RestoreInventory ─▶ NotifyFailure ─▶ OrderFailed
 *    ├─ refused ─▶ NotifyFailure ─▶ OrderFailed
 *    ├─ an execution before has left it ─▶ RefundPayment ─▶ RestoreInventory ─▶ NotifyFailure ─▶ OrderFailed
 *    │  … RestoreInventory of a sale that is revoked with its event ─▶ NotifyCancelled ─▶ OrderCancelled
 *    └─ settled, or another execution's ─▶ NothingToDo
 * a compensation that fails for good is escalated, the rest of the chain runs ─▶ OrderUnsettled: the reconciler comes back
 * ```
 *
 * UpdateInventory is the pivot: one conditional write makes the reservation a sale and the order CONFIRMED. Whether the buyer can be told
 * is another matter: that failure stays in its branch. Whoever tells the buyer reads the order's record, so it does not matter
 * which of the two branches is first.
 *
 * Input: `{ orderId, reference, failures: {} }`.
 */
export function orderWorkflow(
  scope: Construct,
  { functions, table, topic, escalations }: OrderWorkflowProps,
): IChainable {
  const task = stepTasks<
    | typeof validateHandler
    | typeof checkInventoryHandler
    | typeof processPaymentHandler
    | typeof awaitAuthenticationHandler
    | typeof refundHandler
    | typeof restoreHandler,
    keyof typeof CORRELATION
  >(scope, { functions, correlation: CORRELATION, comments: commentsOf(ORDER) });
  const { ValidateOrder, ProcessPayment } = ORDER.steps;

  const validateOrder = task('ValidateOrder');
  const checkInventory = task('CheckInventory', {
    result: { schema: inventorySchema, at: $.inventory },
    // Many who want the same extra at once.
    retries: [{ ...SERVICE_TROUBLE, errors: ['TransactionCanceledException'] }],
  });
  const processPayment = task('ProcessPayment', {
    input: { failures: $.failures },
    retries: [GATEWAY_TIMEOUT],
  });
  const awaitAuthentication = task('AwaitAuthentication', {
    input: { enteredAt: ENTERED },
    waits: Duration.seconds(AUTHENTICATED_WITHIN),
  });
  const refundPayment = task('RefundPayment', {
    input: { failures: $.failures },
    retries: [GATEWAY_TIMEOUT],
  });
  const restoreInventory = task('RestoreInventory', {
    input: { failures: $.failures },
    retries: [{ ...SERVICE_TROUBLE, errors: ['TransactionCanceledException'] }],
  });

  const orderConfirmed = new Succeed(scope, 'OrderConfirmed');
  const nothingToDo = new Succeed(scope, 'NothingToDo');
  // Uncaught: an execution that cannot tell the buyer ends here, and a redrive goes on from here.
  const notifyFailure = told(scope, 'NotifyFailure', topic, {
    subject: 'Order Processing Failed',
    words: 'Order {} failed or out of stock',
  });
  notifyFailure.next(
    new Fail(scope, 'OrderFailed', {
      error: 'OrderFailed',
      cause: 'The order has failed: its record says why',
    }),
  );
  const notifyCancelled = told(scope, 'NotifyCancelled', topic, {
    subject: 'Order Cancelled',
    words: 'Order {} is cancelled with its event',
  });
  notifyCancelled.next(new Succeed(scope, 'OrderCancelled'));
  const orderUnsettled = new Fail(scope, ORDER.unknown.end, {
    error: ORDER.unknown.end,
    cause: 'The reconciler will try again',
  });

  const stands = { errors: [SAGA_ERRORS.saleStands], next: orderConfirmed };
  const settled = { errors: [SAGA_ERRORS.orderSettled], next: nothingToDo };
  const cancelled = { errors: [SAGA_ERRORS.orderCancelled], next: notifyCancelled };
  compensationChain(scope, {
    compensations: [
      { task: refundPayment, waysOut: [stands, settled] },
      { task: restoreInventory, waysOut: [stands, settled, cancelled] },
    ],
    escalations: {
      queue: escalations,
      about: { orderHash: JsonPath.hash(JsonPath.stringAt(String($.orderId)), 'SHA-256') },
    },
    ends: { undone: notifyFailure, notUndone: orderUnsettled },
  });

  const sendNotification = told(scope, 'SendNotification', topic, {
    subject: 'Order Confirmed',
    words: 'Order {} is confirmed',
  });
  sendNotification.addCatch(new Pass(scope, 'LogNotificationError'), caught('SendNotification', Errors.ALL));
  const fulfillOrder = new Parallel(scope, 'FulfillOrder', { resultPath: JsonPath.DISCARD })
    .branch(updateInventory(scope, table), sendNotification)
    .addCatch(refundPayment, caught('FulfillOrder', Errors.ALL));

  validateOrder
    .addCatch(nothingToDo, caught('ValidateOrder', SAGA_ERRORS.orderSettled))
    .addCatch(refundPayment, caught('ValidateOrder', SAGA_ERRORS.orderLeft))
    .addCatch(notifyFailure, caught('ValidateOrder', ...ValidateOrder.refuses))
    .addCatch(restoreInventory, caught('ValidateOrder', Errors.ALL));
  checkInventory.addCatch(restoreInventory, caught('CheckInventory', Errors.ALL));
  processPayment
    // No failure: it must not be taken for one later.
    .addCatch(awaitAuthentication, {
      errors: [SAGA_ERRORS.authenticationAsked],
      resultPath: JsonPath.DISCARD,
    })
    .addCatch(restoreInventory, caught('ProcessPayment', ...ProcessPayment.refuses))
    .addCatch(refundPayment, caught('ProcessPayment', Errors.ALL));
  awaitAuthentication
    // ProcessPayment closes the payment, and says that it was too late.
    .addCatch(processPayment, caught('AwaitAuthentication', Errors.TIMEOUT))
    .addCatch(refundPayment, caught('AwaitAuthentication', Errors.ALL));

  awaitAuthentication.next(processPayment);
  processPayment.next(fulfillOrder.next(orderConfirmed));
  return validateOrder
    .next(checkInventory)
    .next(
      new Choice(scope, 'InventoryChoice')
        .when(Condition.booleanEquals(String($.inventory.inStock), true), processPayment)
        .otherwise(notifyFailure),
    );
}

/**
 * Publishes to the topic: people who subscribe read the order's reference, the queues get its id. What has become of the order is in
 * its record alone.
 */
function told(
  scope: Construct,
  id: string,
  topic: ITopic,
  { subject, words }: { readonly subject: string; readonly words: string },
): SnsPublish {
  const task = new SnsPublish(scope, id, {
    topic,
    subject,
    messagePerSubscriptionType: true,
    message: TaskInput.fromObject({
      default: JsonPath.format(words, JsonPath.stringAt(String($.reference))),
      sqs: JsonPath.stringAt(String($.orderId)),
    }),
    resultPath: JsonPath.DISCARD,
    taskTimeout: Timeout.duration(Duration.seconds(5)),
  });
  task.addRetry(SERVICE_TROUBLE);
  return task;
}

/**
 * The pivot, written without a function: the order that is this execution's becomes CONFIRMED, and what it has reserved is SOLD. Once
 * more, after its answer was lost, it says the same.
 */
function updateInventory(scope: Construct, table: ITable): DynamoUpdateItem {
  const text = (value: string) => DynamoAttributeValue.fromString(value);
  const task = new DynamoUpdateItem(scope, 'UpdateInventory', {
    table,
    key: {
      pk: text(JsonPath.format('ORDER#{}', JsonPath.stringAt(String($.orderId)))),
      sk: text('ORDER'),
    },
    updateExpression:
      'SET #status = :confirmed, stock = :sold, expiresAt = if_not_exists(keptUntil, :never) REMOVE dueAt, dueShard, paymentMethod, taskToken',
    conditionExpression:
      'executionId = :execution AND ((#status = :pending AND stock = :reserved) OR #status = :confirmed)',
    expressionAttributeNames: { '#status': 'status' },
    expressionAttributeValues: {
      ':confirmed': text('CONFIRMED'),
      ':pending': text('PENDING'),
      ':sold': text('SOLD'),
      ':reserved': text('RESERVED'),
      ':never': DynamoAttributeValue.fromNumber(NEVER),
      ':execution': text(JsonPath.executionId),
    },
    resultPath: JsonPath.DISCARD,
    taskTimeout: Timeout.duration(Duration.seconds(5)),
  });
  task.addRetry({ errors: [CONDITION_FAILED], maxAttempts: 0 });
  task.addRetry(SERVICE_TROUBLE);
  return task;
}
