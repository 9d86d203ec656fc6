import { type Clock } from '../shared/clock';
import { measure } from '../shared/measure';
import { sideBySide } from './side-by-side';
import { type OrderExecutions } from '../order/order-executions';
import { type OrderRepository } from '../order/order-repository';

/** Executions started in one run; what is left is found a minute later. */
const MAX_STARTED = 200;

/** Calls under way at once. */
const STARTS_AT_ONCE = 5;

export interface DueOrdersDependencies {
  readonly orders: Pick<OrderRepository, 'due'>;
  readonly executions: Pick<OrderExecutions, 'start'>;
  readonly clock: Clock;
}

/**
 * Finds orders that nobody has begun, because whoever wrote them died before the start, and orders that their execution has left: aborted,
 * timed out, or ended with a compensation that failed for good. The first are started. The others get an execution more, which takes the
 * order and undoes it; its name has when the order was due and the number of the attempt, so two reconcilers at once start one.
 *
 * @param attemptAt the number of the attempt, by how many seconds the order is overdue
 */
export async function startDueOrders(
  { orders, executions, clock }: DueOrdersDependencies,
  attemptAt: (overdue: number) => number,
): Promise<void> {
  const now = clock.nowSeconds();
  const due: { orderId: string; dueAt: number }[] = [];
  for await (const each of orders.due(now)) due.push(each);
  const longestOverdue = due.reduce((longest, { dueAt }) => Math.max(longest, now - dueAt), 0);
  measure({ UnsettledOrders: due.length, LongestOverdueOrder: longestOverdue }, {});
  await sideBySide(STARTS_AT_ONCE, due.slice(0, MAX_STARTED), async ({ orderId, dueAt }) => {
    // Started by now, or running: only of one that has ended the name is taken.
    if (await executions.start(orderId)) return;
    await executions.start(orderId, `${dueAt}-${attemptAt(now - dueAt)}`);
  });
}
