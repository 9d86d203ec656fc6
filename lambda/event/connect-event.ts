import { type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { SeatRepository } from '../seat/seat-repository';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { EventRepository } from './event-repository';

/** An event's layout and its seats, which share a table; and the clock that says which holds still count. */
export interface EventDependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly clock: Clock;
}

export function connectEvent(client: DynamoDBDocumentClient = documentClient()): EventDependencies {
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  return {
    events: new EventRepository(client, seatTable),
    seats: new SeatRepository(client, seatTable),
    clock: systemClock,
  };
}
