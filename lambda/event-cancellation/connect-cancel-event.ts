import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Cancellations } from '../cancellation/start-cancellation';
import { EventRepository } from '../event/event-repository';
import { connectOrders } from '../order/connect-orders';
import { OrderExecutions } from '../order/order-executions';
import { Escalations } from '../shared/escalations';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { Superseded } from '../shared/durable-steps';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../shared/environment';
import { measure } from '../shared/measure';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { connectProgress } from './connect-progress';
import { type Cursor } from '../event/taken-purchases';
import { EventOrders } from './event-orders';
import { EventSales, type Page } from './event-sales';

/**
 * Seconds after which an execution that has not said anything is believed to be dead. Its longest silence is a pause for an empty
 * balance, 15 minutes; a step that fails says something at each attempt.
 */
const ALIVE_FOR = 2_700;

/** Seconds until the next execution tries what has failed for good in this one. */
const TRIED_AGAIN_AFTER = 300;

/** The effects of CancelEvent. */
export interface CancelEventWork {
  /**
   * Says that this execution is alive.
   *
   * @throws Superseded
   */
  readonly keepAlive: (eventId: string, attempt: number) => Promise<void>;
  readonly sales: Pick<EventSales, 'count' | 'countUnsettled' | 'listFailures'>;
  readonly orders: Pick<EventOrders, 'countUnsettled' | 'listFailures'>;
  readonly cancelPage: (eventId: string, from?: Cursor) => Promise<Page>;
  readonly cancelOrders: (eventId: string) => Promise<Page<'again'>>;
  /** Puts what could not be cancelled before people. */
  readonly escalate: (eventId: string, failed: number) => Promise<void>;
  readonly finish: (eventId: string) => Promise<void>;
  /** Leaves the rest to the execution after this one. */
  readonly handOver: (eventId: string, attempt: number) => Promise<void>;
  /** A step has failed for good: the next execution, which has the version of then, tries again. */
  readonly giveUp: (eventId: string, attempt: number) => Promise<void>;
  readonly tellPeople: (eventId: string, outcome: Outcome) => Promise<void>;
}

interface Outcome {
  readonly purchases: number;
  readonly failed: number;
}

export function connectCancelEvent(client = documentClient()): CancelEventWork {
  const { eventCancellations, seats, purchases } = connectProgress(client);
  const perSecond = requireNumber(ENVIRONMENT.eventCancellationRate);
  const sales = new EventSales({
    ...{ eventCancellations, seats, purchases },
    events: new EventRepository(client, requireEnvironment(ENVIRONMENT.seatTable)),
    cancellations: new Cancellations(),
    ...{ clock: systemClock, perSecond },
  });
  const orders = new EventOrders({
    ...{ orders: connectOrders(client), balance: purchases.balance, eventCancellations },
    ...{ executions: new OrderExecutions(), clock: systemClock, perSecond },
  });
  const escalations = new Escalations(
    new SQSClient(REQUEST_TIMEOUTS),
    requireEnvironment(ENVIRONMENT.escalationQueue),
  );
  const sns = new SNSClient(REQUEST_TIMEOUTS);
  const topicArn = requireEnvironment(ENVIRONMENT.noticeTopic);
  const aliveFor = (seconds: number, eventId: string, attempt: number) =>
    eventCancellations.running.keepAlive({ eventId, attempt }, systemClock.nowSeconds() + seconds);

  return {
    ...{ sales, orders },
    async keepAlive(eventId, attempt) {
      const isAlive = await aliveFor(ALIVE_FOR, eventId, attempt);
      if (!isAlive)
        throw new Superseded('Another execution has the cancellation of the event, or it is done');
    },
    async cancelPage(eventId, from) {
      const page = await sales.cancelPage(eventId, from);
      measure({ EventPurchasesCancelled: page.started }, {}, { eventId });
      measurePause(eventId, page);
      return page;
    },
    async cancelOrders(eventId) {
      const page = await orders.cancelPage(eventId);
      measurePause(eventId, page);
      return page;
    },
    escalate: (eventId, failed) => escalations.eventNotCancelled({ eventId, failed }),
    finish: (eventId) => eventCancellations.finish(eventId, systemClock.nowSeconds()),
    handOver: (eventId, attempt) =>
      eventCancellations.running.handOver({ eventId, attempt }, systemClock.nowSeconds()),
    giveUp: async (eventId, attempt) => void (await aliveFor(TRIED_AGAIN_AFTER, eventId, attempt)),
    async tellPeople(eventId, { purchases: all, failed }) {
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: `${requireEnvironment(ENVIRONMENT.serviceName)}: event ${eventId} is cancelled`,
          Message:
            `All purchases of the event ${eventId}, and all orders, have been gone through: ${all} purchases when it began. ` +
            `${failed} purchases or orders could not be cancelled.`,
        }),
      );
    },
  };
}

function measurePause(eventId: string, { balanceIsEmpty }: Pick<Page, 'balanceIsEmpty'>): void {
  if (balanceIsEmpty) measure({ EventCancellationsPaused: 1 }, {}, { eventId });
}
