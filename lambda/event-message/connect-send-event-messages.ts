import { EventRepository } from '../event/event-repository';
import { BuyerTopic } from '../notification/buyer-topic';
import { connectPurchases } from '../purchase/connect-purchases';
import { connectSeats } from '../seat/connect-seats';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../shared/environment';
import { measure } from '../shared/measure';
import { referenceOf } from '../shared/reference';
import { MessagedSales } from './messaged-sales';

/** The effects of SendEventMessages. */
export type SendEventMessagesWork = Pick<MessagedSales, 'tellPage'>;

export function connectSendEventMessages(client = documentClient()): SendEventMessagesWork {
  const topic = new BuyerTopic(requireEnvironment(ENVIRONMENT.confirmationTopic));
  const sales = new MessagedSales({
    events: new EventRepository(client, requireEnvironment(ENVIRONMENT.seatTable)),
    seats: connectSeats(client),
    purchases: connectPurchases(client),
    publish: (message) =>
      topic.publish(
        message,
        `The buyer of purchase ${referenceOf(message.purchaseId)} is told of the event.`,
      ),
    clock: systemClock,
    perSecond: requireNumber(ENVIRONMENT.announcementRate),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
  });
  return {
    async tellPage(message, from) {
      const page = await sales.tellPage(message, from);
      const told = page === 'STALE' ? 0 : page.told;
      measure({ EventMessagesSent: told }, { eventMessage: message.kind }, { eventId: message.eventId });
      return page;
    },
  };
}
