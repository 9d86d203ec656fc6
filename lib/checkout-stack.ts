import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { CheckoutApi } from './api/checkout-api';
import { RolePolicies } from './api/role-policies';
import { cancelPurchase } from './cancellation/cancel-purchase';
import { checkoutSaga } from './checkout/checkout-saga';
import { type StageConfig, storefrontUrlOf } from './config';
import { type DataStack } from './data-stack';
import { type FunctionName } from './functions';
import { DURABLE, NodeFunction, type NodeFunctionProps } from './node-function';
import { type NotificationStack } from './notification-stack';
import { grantStartOrder, grantWakeOrder } from './order/order-workflow-name';
import { PaymentSecret } from './payment/payment-secret';
import { SigningSecret } from './payment/signing-secret';
import { NoticeTopic } from './recovery/notice-topic';
import { EscalationQueue } from './recovery/escalation-queue';
import { Recovery } from './recovery/recovery';
import { LiveWorkflow } from './workflow/live-workflow';
import { Workflow } from './workflow/workflow';

export interface CheckoutStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
}

/** The saga, its steps, and the API in front of them. */
export class CheckoutStack extends Stack {
  readonly api: CheckoutApi;
  /** What a link in a message begins with. */
  readonly publicUrl: string;
  readonly saga: Workflow;
  readonly recovery: Recovery;
  readonly escalations: EscalationQueue;
  readonly stripe: PaymentSecret;
  /** Every function of the stack, by its name. */
  readonly functions: ReadonlyMap<FunctionName, NodeFunction>;

  constructor(scope: Construct, id: string, { config, data, notifications, ...props }: CheckoutStackProps) {
    // CloudFormation takes templates of 1 MB, and a fifth of this one would be blanks.
    super(scope, id, { suppressTemplateIndentation: true, ...props });
    const { seats, purchases, orders, tickets, ticketSecret, addressSecret } = data;
    const functions = new Map<FunctionName, NodeFunction>();
    const fn = (name: FunctionName, options?: Partial<NodeFunctionProps>) => {
      const made = new NodeFunction(this, name, { logRetention: config.logRetention, ...options });
      functions.set(name, made);
      return made;
    };

    const api = new CheckoutApi(this, 'Api', { config });
    const stripe = new PaymentSecret(this, 'StripeKey', {
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    const signing = new SigningSecret(this, 'StripeSigningSecret', {
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    const reserveSeat = fn('ReserveSeat');
    seats.grantHold(reserveSeat);
    purchases.grantOpen(reserveSeat, config.unpaidSeats);
    addressSecret.grantHash(reserveSeat);

    const resumePurchase = fn('ResumePurchase');
    seats.grantReadLayout(resumePurchase);
    purchases.grantResume(resumePurchase);

    // It waits for the card's bank, most of its time: memory would only make the waiting dearer.
    const processPayment = fn('ProcessPayment', { memorySize: 256 });
    stripe.grantPay(processPayment);
    purchases.grantRecordPayment(processPayment, config.unpaidSeats);
    seats.grantReadCancellation(processPayment);

    const generateTicket = fn('GenerateTicket');
    tickets.grantStoreTicket(generateTicket);
    ticketSecret.grantUse(generateTicket);
    seats.grantSell(generateTicket);
    purchases.grantConfirm(generateTicket);
    generateTicket.addEnvironment(ENVIRONMENT.salesKept, String(config.salesKept.toSeconds()));

    const sendConfirmation = fn('SendConfirmation');
    notifications.topic.grantConfirm(sendConfirmation);
    purchases.grantLogDelivery(sendConfirmation);
    // What a link in a message begins with. CloudFront's own name is not known here, but by the config: the stack Web comes after
    // this one.
    const storefrontUrl = storefrontUrlOf(config);
    const publicUrl = storefrontUrl ? `${storefrontUrl}/api` : api.url;
    sendConfirmation.addEnvironment(ENVIRONMENT.apiUrl, publicUrl);

    const refundPayment = fn('RefundPayment');
    stripe.grantPay(refundPayment);
    purchases.grantClaim(refundPayment);

    const releaseSeat = fn('ReleaseSeat');
    seats.grantRelease(releaseSeat);
    purchases.grantSettle(releaseSeat);

    const escalations = new EscalationQueue(this, 'Escalations');

    const steps = {
      ...{ ReserveSeat: reserveSeat, ResumePurchase: resumePurchase, ProcessPayment: processPayment },
      GenerateTicket: generateTicket,
      ...{ SendConfirmation: sendConfirmation, RefundPayment: refundPayment, ReleaseSeat: releaseSeat },
    };
    const saga = new Workflow(this, 'CheckoutSaga', {
      config,
      role: 'checkout',
      type: StateMachineType.EXPRESS,
      timeout: Duration.minutes(5),
      impact: {
        timedOut:
          'An execution ran into its five minutes: its buyer got a 504, and recovery has to settle the purchase.',
        throttled: 'Purchases take longer, or fail and are undone.',
        failed: undefined,
      },
      definition: checkoutSaga(new Construct(this, 'States'), {
        escalations: escalations.queue,
        functions: steps,
      }),
      functions: Object.values(steps),
    });
    const liveSaga = new LiveWorkflow(this, 'LiveSaga', {
      workflow: saga,
      canary: config.canary,
      alarms: config.canary && api.canaryAlarms('POST', '/purchases'),
    });

    const claimCancellation = fn('ClaimCancellation');
    stripe.grantPay(claimCancellation);
    purchases.grantCancel(claimCancellation);
    seats.grantRevoke(claimCancellation);

    const sendCancellation = fn('SendCancellation');
    notifications.topic.grantConfirm(sendCancellation);
    purchases.grantLogDelivery(sendCancellation);
    purchases.grantRead(sendCancellation);
    seats.grantReadCancellation(sendCancellation);

    const cancelling = {
      ...{ ClaimCancellation: claimCancellation, RefundPayment: refundPayment },
      ...{ ReleaseSeat: releaseSeat, SendCancellation: sendCancellation },
    };
    const cancellation = new Workflow(this, 'CancelPurchase', {
      config,
      role: 'cancellation',
      type: StateMachineType.EXPRESS,
      timeout: Duration.minutes(5),
      impact: {
        timedOut:
          'A cancellation ran into its five minutes: whoever cancels got a 504, and recovery ends it.',
        throttled: 'Cancellations take longer, or are left to recovery.',
        failed: undefined,
      },
      definition: cancelPurchase(new Construct(this, 'CancellationStates'), {
        escalations: escalations.queue,
        functions: cancelling,
      }),
      functions: Object.values(cancelling),
    });
    const liveCancellation = new LiveWorkflow(this, 'LiveCancellation', {
      workflow: cancellation,
      canary: config.canary,
      alarms: config.canary && api.canaryAlarms('POST', '/purchases/{purchaseId}/cancellation'),
    });

    // It waits for Stripe's limit, most of its time.
    const cancelEvent = fn('CancelEvent', { memorySize: 256, durableConfig: DURABLE });
    seats.grantCancelEvent(cancelEvent);
    purchases.grantFollowEvent(cancelEvent);
    orders.grantCancelEvent(cancelEvent);
    grantStartOrder(cancelEvent);
    liveCancellation.grantStartExecution(cancelEvent);
    cancelEvent.addEnvironment(ENVIRONMENT.cancellationStateMachine, liveCancellation.arn);
    cancelEvent.addEnvironment(ENVIRONMENT.eventCancellationRate, String(config.eventCancellationRate));
    escalations.grantEscalate(cancelEvent);

    const announceChange = fn('AnnounceChange', { durableConfig: DURABLE });
    seats.grantAnnounceChange(announceChange);
    purchases.grantAnnounceChange(announceChange);
    tickets.grantStoreTicket(announceChange);
    ticketSecret.grantUse(announceChange);
    notifications.topic.grantConfirm(announceChange);
    announceChange.addEnvironment(ENVIRONMENT.apiUrl, publicUrl);
    announceChange.addEnvironment(ENVIRONMENT.announcementRate, String(config.announcementRate));

    const kept = { reservedConcurrentExecutions: config.recoveryConcurrency };
    const reconcile = fn('Reconcile', kept);
    purchases.grantFindDue(reconcile);
    seats.grantReviveExecutions(reconcile);
    orders.grantFindDue(reconcile);
    grantStartOrder(reconcile);
    grantStart(cancelEvent, ENVIRONMENT.cancelEventFunction, reconcile);
    grantStart(announceChange, ENVIRONMENT.announceChangeFunction, reconcile);

    const audit = fn('Audit', kept);
    seats.grantAudit(audit);
    purchases.grantAudit(audit);
    orders.grantAudit(audit);
    tickets.grantAudit(audit);
    tickets.grantErase(audit);
    addressSecret.grantHash(audit);
    audit.addEnvironment(ENVIRONMENT.salesKept, String(config.salesKept.toSeconds()));
    stripe.grantPay(audit);
    audit.addEnvironment(ENVIRONMENT.auditBoundPurchases, String(config.auditBound.purchases));
    audit.addEnvironment(ENVIRONMENT.auditBoundPercent, String(config.auditBound.percent));
    escalations.grantEscalate(audit);

    // Whether an event tells of it or the audit finds it, a purchase follows its payment.
    const unsubscribe = fn('Unsubscribe');
    addressSecret.grantHash(unsubscribe);
    purchases.grantUnsubscribe(unsubscribe);

    const receiveStripeEvent = fn('ReceiveStripeEvent', { memorySize: 256 });
    // Its id is from when it told of disputes alone: by another it would be a new topic, whose subscriptions people must confirm.
    const notices = new NoticeTopic(this, 'Disputes', { emails: config.onCallEmails ?? [] });
    for (const follower of [receiveStripeEvent, audit]) {
      purchases.grantFollowPayment(follower);
      orders.grantFollowPayment(follower);
      liveCancellation.grantStartExecution(follower);
      follower.addEnvironment(ENVIRONMENT.cancellationStateMachine, liveCancellation.arn);
      notices.grantTell(follower);
    }
    notices.grantTell(cancelEvent);
    stripe.grantPay(receiveStripeEvent);
    signing.grantVerify(receiveStripeEvent);

    const recovery = new Recovery(this, 'Recovery', {
      ...{ config, escalations: escalations.queue, reconcile, audit },
      functions: {
        RefundPayment: refundPayment,
        ReleaseSeat: releaseSeat,
        SendConfirmation: sendConfirmation,
        SendCancellation: sendCancellation,
      },
    });

    const listEvents = fn('ListEvents');
    seats.grantListEvents(listEvents);

    const getSeatMap = fn('GetSeatMap');
    seats.grantReadSeatMap(getSeatMap);

    const getLayout = fn('GetLayout');
    seats.grantReadLayout(getLayout);

    const putEvent = fn('PutEvent');
    seats.grantReplaceEvent(putEvent);
    grantStart(announceChange, ENVIRONMENT.announceChangeFunction, putEvent);

    const putExtras = fn('PutExtras');
    orders.grantReplaceExtras(putExtras);
    seats.grantReadLayout(putExtras);

    const listExtras = fn('ListExtras');
    orders.grantReadExtras(listExtras);
    seats.grantReadLayout(listExtras);

    const postOrder = fn('PostOrder');
    orders.grantOpen(postOrder);
    if (api.originSecret) postOrder.addEnvironment(ENVIRONMENT.originSecret, api.originSecret.reference);
    grantStartOrder(postOrder);
    addressSecret.grantHash(postOrder);

    const getOrder = fn('GetOrder');
    orders.grantRead(getOrder);

    const getOrderAuthentication = fn('GetOrderAuthentication', { memorySize: 256 });
    orders.grantRead(getOrderAuthentication);
    stripe.grantPay(getOrderAuthentication);

    const postOrderAuthentication = fn('PostOrderAuthentication', { memorySize: 256 });
    orders.grantRead(postOrderAuthentication);
    stripe.grantPay(postOrderAuthentication);
    grantWakeOrder(postOrderAuthentication);

    const postEventCancellation = fn('PostEventCancellation');
    seats.grantCloseSale(postEventCancellation);
    purchases.grantFollowEvent(postEventCancellation);
    orders.grantFollowEvent(postEventCancellation);
    grantStart(cancelEvent, ENVIRONMENT.cancelEventFunction, postEventCancellation);

    const getEventCancellation = fn('GetEventCancellation');
    seats.grantReadProgress(getEventCancellation);
    purchases.grantFollowEvent(getEventCancellation);
    orders.grantFollowEvent(getEventCancellation);

    const getPurchase = fn('GetPurchase');
    purchases.grantRead(getPurchase);

    const getTicket = fn('GetTicket');
    purchases.grantRead(getTicket);
    tickets.grantLink(getTicket);

    const getTicketKeys = fn('GetTicketKeys');
    ticketSecret.grantUse(getTicketKeys);

    const checkTicket = fn('CheckTicket');
    ticketSecret.grantUse(checkTicket);
    purchases.grantRead(checkTicket);

    const admitTicket = fn('AdmitTicket');
    ticketSecret.grantUse(admitTicket);
    purchases.grantAdmit(admitTicket);

    const listRevocations = fn('ListRevocations');
    seats.grantListRevoked(listRevocations);

    // It waits for Stripe, too.
    const getAuthentication = fn('GetAuthentication', { memorySize: 256 });
    purchases.grantRead(getAuthentication);
    stripe.grantPay(getAuthentication);

    const findPurchases = fn('FindPurchases');
    purchases.grantFind(findPurchases);
    seats.grantReadLayout(findPurchases);
    addressSecret.grantHash(findPurchases);
    stripe.grantPay(findPurchases);

    const sendTickets = fn('SendTickets');
    purchases.grantCorrect(sendTickets);
    addressSecret.grantHash(sendTickets);
    notifications.topic.grantConfirm(sendTickets);
    sendTickets.addEnvironment(ENVIRONMENT.apiUrl, publicUrl);

    const eraseBuyer = fn('EraseBuyer');
    purchases.grantErase(eraseBuyer);
    orders.grantErase(eraseBuyer);
    tickets.grantErase(eraseBuyer);
    seats.grantReadLayout(eraseBuyer);
    addressSecret.grantHash(eraseBuyer);

    api.startWorkflows({ checkout: liveSaga, cancellation: liveCancellation });
    api.route('GET /purchases/{purchaseId}/authentication', getAuthentication);
    api.route('GET /purchases/{purchaseId}', getPurchase);
    api.route('GET /purchases/{purchaseId}/ticket', getTicket);
    api.route(['GET /unsubscriptions/{token}', 'POST /unsubscriptions/{token}'], unsubscribe);
    api.route('GET /events/{eventId}/purchases', findPurchases);
    api.route('POST /purchases/{purchaseId}/messages', sendTickets);
    api.route('POST /erasures', eraseBuyer);
    api.route('POST /stripe-events', receiveStripeEvent);
    api.route('GET /ticket-keys', getTicketKeys);
    api.route('POST /ticket-checks', checkTicket);
    api.route('POST /admissions', admitTicket);
    api.route('GET /events/{eventId}/revocations', listRevocations);
    api.route('GET /events', listEvents);
    api.route('GET /events/{eventId}/layout', getLayout);
    api.route('PUT /events/{eventId}', putEvent);
    api.route('GET /events/{eventId}/seats', getSeatMap);
    api.route('PUT /events/{eventId}/extras', putExtras);
    api.route('GET /events/{eventId}/extras', listExtras);
    api.route('POST /orders', postOrder);
    api.route('GET /orders/{orderId}', getOrder);
    api.route('GET /orders/{orderId}/authentication', getOrderAuthentication);
    api.route('POST /orders/{orderId}/authentication', postOrderAuthentication);
    api.route('POST /events/{eventId}/cancellation', postEventCancellation);
    api.route('GET /events/{eventId}/cancellation', getEventCancellation);

    new RolePolicies(this, 'Roles', { restApi: api.restApi });

    this.api = api;
    this.publicUrl = publicUrl;
    this.saga = saga;
    this.recovery = recovery;
    this.escalations = escalations;
    this.stripe = stripe;
    this.functions = functions;

    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'StripeSecretArn', { value: stripe.secret.secretArn });
    new CfnOutput(this, 'StripeEventsUrl', { value: `${api.url}/stripe-events` });
    new CfnOutput(this, 'StripeSigningSecretArn', { value: signing.secret.secretArn });
    new CfnOutput(this, 'EscalationQueueUrl', { value: escalations.queue.queueUrl });
    new CfnOutput(this, 'StateMachineArn', { value: liveSaga.arn });
  }
}

/** By the alias, and in the environment of whoever starts it. */
function grantStart(durable: NodeFunction, variable: string, grantee: NodeFunction): void {
  durable.grantInvokeLive(grantee);
  grantee.addEnvironment(variable, durable.live.functionArn);
}
