import type { Context } from 'aws-lambda';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate } from '../shared/logger';
import { measure } from '../shared/measure';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/**
 * Seconds after which an unsettled purchase is nobody's any more: an execution lives for 5 minutes at most, and the
 * sixth is for clocks that differ.
 */
export const ABANDONED_AFTER = 360;

/** Seconds after which an attempt follows every hour: a fault of a day must not make a buyer wait another day. */
const HOURLY_AFTER = 8 * ABANDONED_AFTER;

/** Recoveries started in one run. What is left is found a minute later. */
const MAX_STARTED = 500;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly clock: Clock;
}

/**
 * Finds the purchases that nobody has settled, oldest first, and starts a recovery for each.
 *
 * The execution's name is the purchase and the number of the attempt, which follows from its age: 6, 12, 24, 48 minutes,
 * and then every hour. So two reconcilers at once start one recovery, a purchase that cannot be settled is tried less
 * often, and nothing has to be remembered.
 */
export async function reconcile({ purchases, client, stateMachineArn, clock }: Dependencies) {
  const now = clock.nowSeconds();
  let found = 0;
  let started = 0;
  let oldestAge = 0;
  for await (const { purchaseId, createdAt } of purchases.unsettled(now - ABANDONED_AFTER)) {
    const age = now - createdAt;
    found++;
    oldestAge = Math.max(oldestAge, age);
    if (await start(purchaseId, age)) started++;
    if (started === MAX_STARTED) break;
  }
  return { found, started, oldestAge };

  async function start(purchaseId: string, age: number): Promise<boolean> {
    try {
      await client.send(
        new StartExecutionCommand({
          stateMachineArn,
          name: `${purchaseId}-${attemptAt(age)}`,
          input: JSON.stringify({ purchaseId, failures: {} }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return false;
      throw error;
    }
  }
}

/** @param age of the purchase, seconds */
function attemptAt(age: number): number {
  const doublings = Math.floor(Math.log2(Math.min(age, HOURLY_AFTER) / ABANDONED_AFTER)) + 1;
  return doublings + Math.floor(Math.max(0, age - HOURLY_AFTER) / 3_600);
}

let dependencies: Dependencies | undefined;

/** Runs every minute. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  correlate(context, { step: 'Reconcile' });
  dependencies ??= {
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
    client: new SFNClient(REQUEST_TIMEOUTS),
    stateMachineArn: requireEnvironment(ENVIRONMENT.recoveryStateMachine),
    clock: systemClock,
  };
  const { found, started, oldestAge } = await reconcile(dependencies);
  measure({ UnsettledPurchases: found, OldestUnsettledAge: oldestAge }, {}, { started });
}
