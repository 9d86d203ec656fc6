import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { CheckoutApi } from './api/checkout-api';
import { checkoutSaga } from './checkout/checkout-saga';
import { LoggedStateMachine } from './checkout/logged-state-machine';
import { EscalationQueue } from './recovery/escalation-queue';
import { Recovery } from './recovery/recovery';
import { PaymentSecret } from './checkout/payment-secret';
import { type StageConfig } from './config';
import { type DataStack } from './data-stack';
import { type FunctionName } from './functions';
import { NodeFunction } from './node-function';
import { type NotificationStack } from './notification-stack';

export interface CheckoutStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
}

/** The saga, its steps, and the API in front of them. */
export class CheckoutStack extends Stack {
  readonly api: CheckoutApi;

  constructor(scope: Construct, id: string, { config, data, notifications, ...props }: CheckoutStackProps) {
    super(scope, id, props);
    const { seats, purchases, tickets } = data;
    const fn = (name: FunctionName, options?: { memorySize: number }) =>
      new NodeFunction(this, name, { logRetention: config.logRetention, ...options });

    const api = new CheckoutApi(this, 'Api', { config });
    this.api = api;
    const stripe = new PaymentSecret(this, 'StripeKey', {
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    const reserveSeat = fn('ReserveSeat');
    seats.grantHold(reserveSeat);
    purchases.grantOpen(reserveSeat);

    const processPayment = fn('ProcessPayment');
    stripe.grantPay(processPayment);
    purchases.grantRecordPayment(processPayment);

    const generateTicket = fn('GenerateTicket', { memorySize: 1024 });
    tickets.grantStoreTicket(generateTicket);
    seats.grantSell(generateTicket);
    purchases.grantConfirm(generateTicket);

    const sendConfirmation = fn('SendConfirmation');
    notifications.topic.grantConfirm(sendConfirmation);
    sendConfirmation.addEnvironment(ENVIRONMENT.apiUrl, api.url);

    const refundPayment = fn('RefundPayment');
    stripe.grantPay(refundPayment);
    purchases.grantClaim(refundPayment);

    const releaseSeat = fn('ReleaseSeat');
    seats.grantRelease(releaseSeat);
    purchases.grantSettle(releaseSeat);

    const escalations = new EscalationQueue(this, 'Escalations');

    const saga = new LoggedStateMachine(this, 'CheckoutSaga', {
      config,
      type: StateMachineType.EXPRESS,
      timeout: Duration.minutes(5),
      definition: checkoutSaga(new Construct(this, 'States'), {
        escalations: escalations.queue,
        functions: {
          ReserveSeat: reserveSeat.currentVersion,
          ProcessPayment: processPayment.currentVersion,
          GenerateTicket: generateTicket.currentVersion,
          SendConfirmation: sendConfirmation.currentVersion,
          RefundPayment: refundPayment.currentVersion,
          ReleaseSeat: releaseSeat.currentVersion,
        },
      }),
    });

    const reconcile = fn('Reconcile');
    purchases.grantFindUnsettled(reconcile);

    const audit = fn('Audit');
    seats.grantAudit(audit);
    purchases.grantRead(audit);
    tickets.grantAudit(audit);
    stripe.grantPay(audit);
    escalations.grantEscalate(audit);

    new Recovery(this, 'Recovery', {
      ...{ config, escalations: escalations.queue, reconcile, audit },
      functions: {
        RefundPayment: refundPayment.currentVersion,
        ReleaseSeat: releaseSeat.currentVersion,
        SendConfirmation: sendConfirmation.currentVersion,
      },
    });

    const listEvents = fn('ListEvents');
    seats.grantListEvents(listEvents);

    const getSeatMap = fn('GetSeatMap');
    seats.grantReadSeatMap(getSeatMap);

    const putEvent = fn('PutEvent');
    seats.grantReplaceEvent(putEvent);

    const getPurchase = fn('GetPurchase');
    purchases.grantRead(getPurchase);

    const getTicket = fn('GetTicket');
    purchases.grantRead(getTicket);
    tickets.grantLink(getTicket);

    api.startOnPurchase(saga);
    api.route('GET', '/purchases/{purchaseId}', getPurchase);
    api.route('GET', '/purchases/{purchaseId}/ticket', getTicket);
    api.route('GET', '/events', listEvents);
    api.route('PUT', '/events/{eventId}', putEvent, { signed: true });
    api.route('GET', '/events/{eventId}/seats', getSeatMap);

    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'StripeSecretArn', { value: stripe.secret.secretArn });
    new CfnOutput(this, 'EscalationQueueUrl', { value: escalations.queue.queueUrl });
    new CfnOutput(this, 'StateMachineArn', { value: saga.stateMachineArn });
  }
}
