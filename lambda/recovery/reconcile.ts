import type { Context } from 'aws-lambda';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { EventCancellations } from '../event/event-cancellations';
import { EventAnnouncements } from '../event/event-announcements';
import { CancelEventExecutions } from '../event-cancellation/start-cancel-event';
import { AnnounceChangeExecutions } from '../event/start-announce-change';
import { connectOrders } from '../order/connect-orders';
import { OrderExecutions } from '../order/order-executions';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type DueOrdersDependencies, startDueOrders } from './start-due-orders';
import { connected } from '../shared/connected';
import { purchaseHash } from '../shared/reference';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate } from '../shared/logger';
import { measure } from '../shared/measure';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { reviveExecutions, type Revivable } from './revive-executions';
import { sideBySide } from './side-by-side';

/** Seconds from a purchase's first attempt to the second; each of the next follows after twice as long. */
const FIRST_PAUSE = 360;

/** Seconds after which an attempt follows every hour: a fault of a day must not make a buyer wait another day. */
const HOURLY_AFTER = 7 * FIRST_PAUSE;

/** Recoveries started in one run: more at once would take the functions from the buyers. What is left is found a minute later. */
const MAX_STARTED = 500;

/** Calls under way at once. */
const STARTS_AT_ONCE = 10;

/** Seconds after which a run starts no more: the last calls, and the metrics, come before its time is up. */
const STARTS_FOR = 40;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly clock: Clock;
  /** Names of recoveries that this container knows to be started. To forget them costs a call each, no more. */
  readonly known: Set<string>;
}

/**
 * Finds the purchases that nobody has settled, and starts a recovery for each.
 *
 * The execution's name is the purchase's hash, the time at which it was due, and the number of the attempt, which follows from
 * how long it is overdue: 0, 6, 18, 42 minutes, and then every hour. So two reconcilers at once start one recovery, a purchase that
 * cannot be settled is tried less often, and one that was taken up again since has attempts of its own. Where there are more purchases
 * than one run can start, each has the same chance: the run begins anywhere among them, and what it has started it does not ask for again.
 *
 * @throws the first error, if some could not be started; each was tried
 */
export async function reconcile({ purchases, client, stateMachineArn, clock, known }: Dependencies) {
  const now = clock.nowSeconds();
  /** Purchases by the name that their recovery has now. */
  const attempts = new Map<string, string>();
  let longestOverdue = 0;
  for await (const { purchaseId, dueAt } of purchases.due(now)) {
    const overdue = now - dueAt;
    longestOverdue = Math.max(longestOverdue, overdue);
    attempts.set(`${purchaseHash(purchaseId)}-${dueAt}-${attemptAt(overdue)}`, purchaseId);
  }
  for (const name of known) if (!attempts.has(name)) known.delete(name);
  const starting = [...attempts].filter(([name]) => !known.has(name));
  const first = Math.floor(Math.random() * starting.length);

  let started = 0;
  try {
    await sideBySide(
      STARTS_AT_ONCE,
      [...starting.slice(first), ...starting.slice(0, first)],
      async ([name, purchaseId]) => {
        if (started >= MAX_STARTED || clock.nowSeconds() >= now + STARTS_FOR) return;
        if (await start(name, purchaseId)) started++;
        known.add(name);
      },
    );
  } finally {
    measure({ UnsettledPurchases: attempts.size, LongestOverdue: longestOverdue }, {}, { started });
  }

  /** False when the recovery has run already. One that still runs is answered as if it had just been started. */
  async function start(name: string, purchaseId: string): Promise<boolean> {
    try {
      const input = JSON.stringify({ purchaseId, failures: {} });
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return true;
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return false;
      throw error;
    }
  }
}

/** @param overdue seconds */
export function attemptAt(overdue: number): number {
  const doublings = Math.floor(Math.log2((Math.min(overdue, HOURLY_AFTER) + FIRST_PAUSE) / FIRST_PAUSE)) + 1;
  return doublings + Math.floor(Math.max(0, overdue - HOURLY_AFTER) / 3_600);
}

interface AllDependencies extends Dependencies {
  readonly revivable: readonly Revivable[];
  readonly dueOrders: DueOrdersDependencies;
}

const dependencies = connected(connect);

/** Runs every minute. Nothing of what it finds keeps the rest from being found. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  correlate(context, { step: 'Reconcile' });
  const { clock, revivable, dueOrders, ...own } = dependencies();
  const done = await Promise.allSettled([
    reconcile({ clock, ...own }),
    ...revivable.map((each) => reviveExecutions(each, clock)),
    startDueOrders(dueOrders, attemptAt),
  ]);
  const failed = done.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason as Error;
}

function connect(): AllDependencies {
  const database = documentClient();
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  const cancellations = new CancelEventExecutions();
  const announcements = new AnnounceChangeExecutions();
  return {
    purchases: connectPurchases(database),
    revivable: [
      {
        what: 'The cancellation of an event',
        measured: (about) => measure({ EventCancellationsRevived: 1 }, {}, about),
        running: new EventCancellations(database, seatTable).running,
        start: ({ eventId, attempt }) => cancellations.start(eventId, attempt),
      },
      {
        what: 'The announcement of a change',
        measured: (about) => measure({ EventAnnouncementsRevived: 1 }, {}, about),
        running: new EventAnnouncements(database, seatTable).running,
        start: (running) => announcements.start(running),
      },
    ],
    dueOrders: { orders: connectOrders(database), executions: new OrderExecutions(), clock: systemClock },
    client: new SFNClient(REQUEST_TIMEOUTS),
    stateMachineArn: requireEnvironment(ENVIRONMENT.recoveryStateMachine),
    clock: systemClock,
    known: new Set(),
  };
}
