import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { EventCancellations } from './event-cancellations';

export function connectCancellations(client = documentClient()): EventCancellations {
  return new EventCancellations(client, requireEnvironment(ENVIRONMENT.seatTable));
}
