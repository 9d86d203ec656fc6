import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import {
  fingerprintOf,
  isCancelled,
  type Purchase,
  purchaseIdSchema,
  purchaseRequestSchema,
  refusedPurchase,
} from '../purchase/purchase';
import { purchaseAnswer, purchaseAnswerSchema } from '../purchase/purchase-answer';
import { type RecordedAnswer, recordedAnswer } from '../purchase/recorded-answer';
import { measureUnauthenticated } from '../purchase/measure-authentication';
import { measureOutcome } from '../purchase/measure-outcome';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken, type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { failureOf, failuresSchema, isHalfUndone } from '../shared/failures';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { SaleStands } from '../purchase/sale-stands';
import { NotDue, PurchaseAlreadyAnswered, SaleCancelled } from '../shared/saga-errors';
import { step } from '../shared/step';
import { connectSeats } from './connect-seats';
import { type SeatRepository } from './seat-repository';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  /** Absent in recovery, which may claim any execution's purchase. */
  executionId: z.optional(z.string()),
  /** Absent in recovery, and null where a purchase is taken up again: those only look after purchases that have a record. */
  request: z.nullish(purchaseRequestSchema),
  failures: failuresSchema,
});

/** How many seats were given back, and what has become of the purchase: null where it was never opened. */
export const releaseSchema = z.object({ released: z.int(), purchase: z.nullable(purchaseAnswerSchema) });

type ReleaseRefusal = Problem<'IdempotencyKeyReused'> | RecordedAnswer | SaleStands | SaleCancelled | NotDue;

interface Dependencies {
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Compensates ReserveSeat: claims the purchase, gives back the seats it holds and settles it as FAILED. Of a sale that is being
 * cancelled it gives back the seats that were sold, and settles it as CANCELLED.
 *
 * What it undoes comes from the purchase record alone. Where there is no record, the reservation may still be on its
 * way, so the key is closed: a hold that arrives late then finds it used and holds nothing.
 *
 * When a compensation before it failed, the seats go back all the same, but the purchase stays COMPENSATING: money that
 * may be with us is not a settled purchase.
 *
 * A saga must not answer what the record does not say: the key would get another answer next time.
 *
 * @returns SaleStands when the purchase is CONFIRMED; to a saga, PurchaseAlreadyAnswered when the purchase has failed for
 * another reason than the saga knows, or is CONFIRMED although the saga's reservation failed (recovery then sends the
 * confirmation); to a saga, IdempotencyKeyReused or what the record says when the key is another execution's; to recovery,
 * NotDue when somebody else has the purchase, SaleCancelled when the buyer is to be told that the sale is
 */
export async function releaseSeat(
  { purchaseId, executionId, request, failures }: z.output<typeof inputSchema>,
  { seats, purchases, clock }: Dependencies,
): Promise<z.output<typeof releaseSchema> | ReleaseRefusal> {
  const failure = failureOf(CHECKOUT, failures);
  const purchase = await claimOrClose();
  if (purchase instanceof SaleStands) {
    // A saga whose reservation has failed knows nothing to confirm with: the buyer is answered from the record.
    return failures?.['ReserveSeat']
      ? new PurchaseAlreadyAnswered(purchaseAnswer(purchase.purchase))
      : purchase;
  }
  if (purchase instanceof OwnError) return purchase;
  let released = 0;
  if (purchase && isCancelled(purchase)) return releaseSold(purchase);
  if (purchase?.status === 'COMPENSATING') {
    released = await release(purchase);
    if (isHalfUndone(CHECKOUT, failures)) {
      logger.error('A compensation failed: the purchase stays unsettled');
      return { released, purchase: purchaseAnswer(purchase) };
    }
    await Promise.all([purchases.unpaid.takeOff(purchase), purchases.settleFailed(purchaseId)]);
    measureOutcome((purchase.failure ?? failure).code, purchase.createdAt);
    measureUnauthenticated(purchase);
  }
  const recorded = purchase?.failure;
  const isOurs = recorded?.code === failure.code && recorded.detail === failure.detail;
  if (executionId && recorded && !isOurs) {
    return new PurchaseAlreadyAnswered(purchaseAnswer({ ...purchase, status: 'FAILED' }));
  }
  return { released, purchase: purchase ? purchaseAnswer({ ...purchase, status: 'FAILED' }) : null };

  /** @returns how many: none, if an attempt before this one had given them back, or others hold them since they expired */
  async function release({ eventId, seats: taken }: Purchase): Promise<number> {
    const given = await Promise.all(taken.map((seat) => seats.release(eventId, seat, purchaseId)));
    const count = given.filter(Boolean).length;
    measure({ Compensations: 1 }, { step: 'ReleaseSeat', result: count > 0 ? 'released' : 'none' });
    return count;
  }

  /** Of a sale that is cancelled. Since it was claimed it is listed under its event, or nobody would find it there. */
  async function releaseSold(sale: Purchase): Promise<z.output<typeof releaseSchema> | SaleCancelled> {
    if (sale.status === 'CANCELLED') return settled(sale, 0);
    const count = await release(sale);
    if (isHalfUndone(CHECKOUT, failures)) {
      logger.error('A refund failed: the cancellation stays unsettled');
      return { released: count, purchase: purchaseAnswer(sale) };
    }
    return settled(await purchases.settleCancelled(purchaseId, sale.keptUntil), count);
  }

  /** A cancellation tells its buyer next; recovery is told to. */
  function settled(sale: Purchase, count: number): z.output<typeof releaseSchema> | SaleCancelled {
    return executionId ? { released: count, purchase: purchaseAnswer(sale) } : new SaleCancelled();
  }

  async function claimOrClose(): Promise<Purchase | ReleaseRefusal | undefined> {
    const createdAt = clock.nowSeconds();
    const claimant = executionId ? { executionId } : { now: createdAt };
    const claimed = await purchases.claim(purchaseId, failure, claimant);
    if (claimed instanceof NotTaken)
      return executionId ? answerOfOther(claimed.purchase, createdAt) : new NotDue();
    if (claimed || !executionId || !request) return claimed;
    const inBetween = await purchases.recordRefused(
      refusedPurchase({ purchaseId, executionId, request, failure, createdAt }),
    );
    if (!inBetween) {
      measureOutcome(failure.code);
      return undefined;
    }
    if (inBetween.executionId !== executionId) return answerOfOther(inBetween, createdAt);
    const again = await purchases.claim(purchaseId, failure, { executionId });
    return again instanceof NotTaken ? answerOfOther(again.purchase, createdAt) : again;
  }

  /** What the first step would have said, had it come to it: the purchase is another execution's. */
  function answerOfOther(other: Purchase, now: number): ReleaseRefusal {
    const isOther = request && other.fingerprint !== fingerprintOf(request);
    return isOther ? new Problem('IdempotencyKeyReused') : recordedAnswer(other, now);
  }
}

export const handler = step(CHECKOUT, 'ReleaseSeat', {
  input: inputSchema,
  output: releaseSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      seats: connectSeats(client),
      purchases: connectPurchases(client),
      clock: systemClock,
    };
  },
  run: releaseSeat,
});
