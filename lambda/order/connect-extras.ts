import { EventRepository } from '../event/event-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { ExtraRepository } from './extra-repository';

/** Extras, and the event that they belong to: its currency is theirs. */
export interface ExtraDependencies {
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly extras: ExtraRepository;
}

export function connectExtras(client = documentClient()): ExtraDependencies {
  return {
    events: new EventRepository(client, requireEnvironment(ENVIRONMENT.seatTable)),
    extras: new ExtraRepository(client, requireEnvironment(ENVIRONMENT.orderTable)),
  };
}
