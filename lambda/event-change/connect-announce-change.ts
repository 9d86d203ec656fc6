import { S3Client } from '@aws-sdk/client-s3';
import { EventAnnouncements } from '../event/event-announcements';
import { EventRepository } from '../event/event-repository';
import { EventRevisions } from '../event/event-revision';
import { type Turn } from '../event/running-executions';
import { BuyerTopic } from '../notification/buyer-topic';
import { connectPurchases } from '../purchase/connect-purchases';
import { connectSeats } from '../seat/connect-seats';
import { systemClock } from '../shared/clock';
import { Superseded } from '../shared/durable-steps';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../shared/environment';
import { measure } from '../shared/measure';
import { referenceOf } from '../shared/reference';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { connectTicketKeys } from '../ticket/ticket-keys';
import { TicketStore } from '../ticket/ticket-store';
import { ChangedSales, type Page } from './changed-sales';

/** Seconds after which an execution that has not said anything is believed to be dead: a step that fails says something at each attempt. */
const ALIVE_FOR = 1_800;

/** Seconds until the next execution tries what has failed for good in this one. */
const TRIED_AGAIN_AFTER = 300;

export type AnnounceTurn = Turn & { readonly revision: number };

/** The effects of AnnounceChange. */
export interface AnnounceChangeWork {
  /**
   * Says that this execution is alive.
   *
   * @throws Superseded also when the event has changed again
   */
  readonly keepAlive: (turn: AnnounceTurn) => Promise<void>;
  readonly sections: (eventId: string) => Promise<string[]>;
  readonly tellPage: (turn: AnnounceTurn, section: string, after?: string) => Promise<Page>;
  readonly finish: (turn: AnnounceTurn) => Promise<void>;
  /** Leaves the rest to the execution after this one. */
  readonly handOver: (turn: AnnounceTurn) => Promise<void>;
  /** A step has failed for good: the next execution, which has the version of then, tries again. */
  readonly giveUp: (turn: AnnounceTurn) => Promise<void>;
}

export function connectAnnounceChange(client = documentClient()): AnnounceChangeWork {
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  const announcements = new EventAnnouncements(client, seatTable);
  const topic = new BuyerTopic(requireEnvironment(ENVIRONMENT.confirmationTopic));
  const sales = new ChangedSales({
    events: new EventRepository(client, seatTable),
    revisions: new EventRevisions(client, seatTable),
    seats: connectSeats(client),
    purchases: connectPurchases(client),
    tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
    ticketKeys: connectTicketKeys(),
    clock: systemClock,
    perSecond: requireNumber(ENVIRONMENT.announcementRate),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
    publish: (message) =>
      topic.publish(message, `The event of purchase ${referenceOf(message.purchaseId)} has changed.`),
  });
  const now = () => systemClock.nowSeconds();
  const aliveFor = (seconds: number, turn: AnnounceTurn) =>
    announcements.running.keepAlive(turn, now() + seconds);

  return {
    async keepAlive(turn) {
      const isAlive = await aliveFor(ALIVE_FOR, turn);
      if (!isAlive) throw new Superseded('Another execution tells the buyers of the event, or all are told');
    },
    sections: (eventId) => sales.sections(eventId),
    async tellPage({ eventId, revision }, section, after) {
      const page = await sales.tellPage(eventId, revision, section, after);
      measure({ EventBuyersTold: page.told }, {}, { eventId, revision });
      return page;
    },
    finish: (turn) => announcements.finish(turn, now()),
    handOver: (turn) => announcements.running.handOver(turn, now()),
    giveUp: async (turn) => void (await aliveFor(TRIED_AGAIN_AFTER, turn)),
  };
}
