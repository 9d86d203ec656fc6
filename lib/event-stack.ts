import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { EVENT_EVENT_NAMES } from '../lambda/domain-event/event-events';
import { PURCHASE_EVENT_NAMES } from '../lambda/domain-event/purchase-events';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { type StageConfig } from './config';
import { type DataStack } from './data-stack';
import { Consumer } from './event-bus/consumer';
import { eventBusName } from './event-bus/event-bus-name';
import { EVENT_TEMPLATE, PURCHASE_TEMPLATE } from './event-bus/detail-template';
import { DomainEventBus } from './event-bus/domain-event-bus';
import { EventMessages } from './event-bus/event-messages';
import { MobileApp } from './event-bus/mobile-app';
import { PrintPartner } from './event-bus/print-partner';
import { SalesStream } from './event-bus/sales-stream';
import { eventPattern } from './event-bus/event-pattern';
import { purchasePattern } from './event-bus/purchase-pattern';
import { TablePipe } from './event-bus/table-pipe';
import { DURABLE, NodeFunction } from './node-function';
import { type NotificationStack } from './notification-stack';

export interface EventStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
  /** What a link in a message begins with. */
  readonly publicUrl: string;
}

/** What the tables tell of, and who acts on it. The checkout knows nothing of it. */
export class EventStack extends Stack {
  readonly eventMessages: EventMessages;

  constructor(
    scope: Construct,
    id: string,
    { config, data, notifications, publicUrl, ...props }: EventStackProps,
  ) {
    super(scope, id, props);
    const { bus, archive } = new DomainEventBus(this, 'Bus', {
      name: eventBusName(config.name),
      kept: config.eventsKept,
    });
    new TablePipe(this, 'Purchases', {
      table: data.purchases.table,
      bus,
      patterns: PURCHASE_EVENT_NAMES.map(purchasePattern),
      template: PURCHASE_TEMPLATE,
      tellsSales: true,
      loss: 'Nobody is told of purchases: partners, analytics, reminders. The sales themselves stand.',
    });
    new TablePipe(this, 'Events', {
      table: data.seats.table,
      bus,
      patterns: EVENT_EVENT_NAMES.map(eventPattern),
      template: EVENT_TEMPLATE,
      loss: 'Nobody is told that an event is new, changed or cancelled; its buyers are, by other ways.',
    });

    const { target: salesTable } = new SalesStream(this, 'SalesStream', {
      sales: data.sales,
      logRetention: config.logRetention,
    });
    new Consumer(this, 'Sales', {
      bus,
      events: ['PurchaseConfirmed'],
      target: salesTable,
      loss: 'Sales are missing from the analytics; buyers notice nothing.',
    });

    if (config.printPartner) {
      const { target } = new PrintPartner(this, 'PrintPartner', {
        partner: config.printPartner,
        removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      });
      new Consumer(this, 'Printing', {
        bus,
        events: ['PurchaseConfirmed', 'PurchaseCancelled'],
        target,
        loss: 'The partner prints no tickets of new sales, and goes on with those of cancelled ones.',
      });
    }

    const { logRetention } = config;
    const updateApp = new NodeFunction(this, 'UpdateApp', { logRetention });
    data.purchases.grantUpdateApp(updateApp);
    new MobileApp(this, 'App', { bus, consumer: updateApp });

    const schedule = new NodeFunction(this, 'ScheduleEventMessages', { logRetention, memorySize: 256 });
    data.seats.grantReadRevisions(schedule);
    const send = new NodeFunction(this, 'SendEventMessages', {
      ...{ logRetention, memorySize: 256, durableConfig: DURABLE },
    });
    data.seats.grantReadSeatMap(send);
    data.purchases.grantFollowEvent(send);
    data.purchases.grantFindOthers(send);
    notifications.topic.grantConfirm(send);
    send.addEnvironment(ENVIRONMENT.apiUrl, publicUrl);
    send.addEnvironment(ENVIRONMENT.announcementRate, String(config.announcementRate));
    this.eventMessages = new EventMessages(this, 'EventMessages', { bus, schedule, send });

    new CfnOutput(this, 'EventBusArn', { value: bus.eventBusArn });
    new CfnOutput(this, 'EventArchiveArn', { value: archive.archiveArn });
  }
}
