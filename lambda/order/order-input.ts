import * as z from 'zod/mini';
import { OwnError } from '../shared/own-error';
import { SAGA_ERRORS } from '../shared/saga-errors';
import { orderIdSchema } from './order';
import { type OrderNotTaken } from './order-repository';

/** What every step of an order gets. All else is in the record. */
export const orderInputSchema = z.object({
  orderId: orderIdSchema,
  executionId: z.string().check(z.minLength(1)),
});

/** Another execution has the order, or it is undone: whatever this step was to do is not wanted any more. */
export class OrderLost extends OwnError {
  override readonly name = 'OrderLost';

  constructor() {
    super("The order is no longer this execution's");
  }
}

/** Compensation lost against the pivot: the order is CONFIRMED, and is not undone. */
export class OrderStands extends OwnError {
  override readonly name = SAGA_ERRORS.saleStands;

  constructor() {
    super('The order is CONFIRMED');
  }
}

export class OrderLeft extends OwnError {
  override readonly name = SAGA_ERRORS.orderLeft;

  constructor() {
    super('An execution has left the order');
  }
}

export class OrderSettled extends OwnError {
  override readonly name = SAGA_ERRORS.orderSettled;

  constructor() {
    super("The order is settled, or another execution's");
  }
}

/** The sale is revoked and undone: its buyer is to be told. */
export class OrderCancelled extends OwnError {
  override readonly name = SAGA_ERRORS.orderCancelled;

  constructor() {
    super('The order is CANCELLED');
  }
}

/** What a compensation says that could not claim the order. */
export function whyNotClaimed(
  claimed: OrderNotTaken | undefined,
  executionId: string,
): OrderStands | OrderSettled {
  const { status, executionId: owner } = claimed?.order ?? {};
  return status === 'CONFIRMED' && owner === executionId ? new OrderStands() : new OrderSettled();
}
