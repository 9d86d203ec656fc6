import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { SeatRepository } from './seat-repository';

/** The seats of this installation. */
export function connectSeats(client = documentClient()): SeatRepository {
  return new SeatRepository(client, requireEnvironment(ENVIRONMENT.seatTable));
}
