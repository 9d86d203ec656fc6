import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { type CheckoutStack } from './checkout-stack';
import { type StageConfig, storefrontUrlOf } from './config';
import { type DataStack } from './data-stack';
import { type FunctionName } from './functions';
import { NodeFunction, type NodeFunctionProps } from './node-function';
import { type NotificationStack } from './notification-stack';
import { OrderMail } from './order/order-mail';
import { OrderTopic } from './order/order-topic';
import { orderWorkflow } from './order/order-workflow';
import { orderWorkflowName } from './order/order-workflow-name';
import { Workflow } from './workflow/workflow';

export interface OrderStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
  readonly checkout: CheckoutStack;
}

/** Orders of extras: the workflow, its steps, and what tells their buyers. What answers their routes is in the stack of the API. */
export class OrderStack extends Stack {
  readonly workflow: Workflow;
  readonly mail: OrderMail;

  constructor(
    scope: Construct,
    id: string,
    { config, data, notifications, checkout, ...props }: OrderStackProps,
  ) {
    super(scope, id, props);
    const { seats, purchases, orders } = data;
    const { stripe, escalations } = checkout;
    const fn = (name: FunctionName, options?: Partial<NodeFunctionProps>) =>
      new NodeFunction(this, name, { logRetention: config.logRetention, ...options });

    const validateOrder = fn('ValidateOrder');
    orders.grantValidate(validateOrder);
    validateOrder.addEnvironment(ENVIRONMENT.salesKept, String(config.salesKept.toSeconds()));
    seats.grantReadLayout(validateOrder);
    purchases.grantRead(validateOrder);

    const checkInventory = fn('CheckInventory');
    orders.grantReserve(checkInventory, config.unpaidExtras);

    // It waits for the card's bank, most of its time.
    const processPayment = fn('ProcessOrderPayment', { memorySize: 256 });
    orders.grantRecordPayment(processPayment);
    seats.grantReadCancellation(processPayment);
    stripe.grantPay(processPayment);

    const awaitAuthentication = fn('AwaitAuthentication', { memorySize: 256 });
    orders.grantAwait(awaitAuthentication, config.unpaidExtras);

    const refundPayment = fn('RefundOrder', { memorySize: 256 });
    orders.grantClaim(refundPayment);
    purchases.grantNoteBalance(refundPayment);
    stripe.grantPay(refundPayment);

    const restoreInventory = fn('RestoreInventory');
    orders.grantRestore(restoreInventory);

    const tellOrder = fn('TellOrder', { memorySize: 256 });
    orders.grantTell(tellOrder);
    seats.grantReadCancellation(tellOrder);
    notifications.mailFeedback.grantSend(tellOrder, {
      sender: config.emailSender,
      sandbox: config.emailSandbox ?? false,
    });
    const storefrontUrl = storefrontUrlOf(config);
    if (storefrontUrl) tellOrder.addEnvironment(ENVIRONMENT.storefrontUrl, storefrontUrl);
    const { topic } = new OrderTopic(this, 'OrderNotifications');
    this.mail = new OrderMail(this, 'Mail', { topic, consumer: tellOrder });

    const steps = {
      ...{ ValidateOrder: validateOrder, CheckInventory: checkInventory, ProcessPayment: processPayment },
      ...{ AwaitAuthentication: awaitAuthentication, RefundPayment: refundPayment },
      RestoreInventory: restoreInventory,
    };
    this.workflow = new Workflow(this, 'OrderWorkflow', {
      config,
      role: 'order',
      type: StateMachineType.STANDARD,
      name: orderWorkflowName(this),
      timeout: Duration.minutes(25),
      impact: {
        timedOut: 'An order ran into its 25 minutes: it stays open until the reconciler undoes it.',
        throttled: 'Orders take longer: their buyers see them pending.',
        // A declined card fails an order, too: its outcomes are watched.
        failed: undefined,
      },
      definition: orderWorkflow(new Construct(this, 'States'), {
        ...{ functions: steps, table: orders.table, topic, escalations: escalations.queue },
      }),
      functions: Object.values(steps),
    });
  }
}
