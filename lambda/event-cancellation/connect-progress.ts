import { EventCancellations } from '../event/event-cancellations';
import { connectOrders } from '../order/connect-orders';
import { connectPurchases } from '../purchase/connect-purchases';
import { SeatRepository } from '../seat/seat-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { type ProgressDependencies } from './event-cancellation-progress';

export function connectProgress(client = documentClient()): ProgressDependencies {
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  return {
    eventCancellations: new EventCancellations(client, seatTable),
    seats: new SeatRepository(client, seatTable),
    purchases: connectPurchases(client),
    orders: connectOrders(client),
  };
}
