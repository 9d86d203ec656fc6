import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import {
  fingerprintOf,
  type Purchase,
  purchaseIdSchema,
  purchaseRequestSchema,
  refusedPurchase,
} from '../purchase/purchase';
import { purchaseAnswer, purchaseAnswerSchema } from '../purchase/purchase-answer';
import { type RecordedAnswer, recordedAnswer } from '../purchase/recorded-answer';
import { measureUnauthenticated } from '../purchase/measure-authentication';
import { measureOutcome } from '../purchase/measure-outcome';
import { NotTaken, PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { failureOf, failuresSchema, isHalfUndone } from '../shared/failures';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { SaleStands } from '../purchase/sale-stands';
import { NotDue, PurchaseAlreadyAnswered } from '../shared/saga-errors';
import { step } from '../shared/step';
import { SeatRepository } from './seat-repository';

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

type ReleaseRefusal = Problem<'IdempotencyKeyReused'> | RecordedAnswer | SaleStands | NotDue;

interface Dependencies {
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Compensates ReserveSeat: claims the purchase, gives back the seats it holds and settles it as FAILED.
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
 * NotDue when somebody else has the purchase
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
  if (purchase?.status === 'COMPENSATING') {
    const given = await Promise.all(
      purchase.seats.map((seat) => seats.release(purchase.eventId, seat, purchaseId)),
    );
    // None, if an attempt before this one had given them back, or others hold them since they expired.
    released = given.filter(Boolean).length;
    measure({ Compensations: 1 }, { step: 'ReleaseSeat', result: released > 0 ? 'released' : 'none' });
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
      seats: new SeatRepository(client, requireEnvironment(ENVIRONMENT.seatTable)),
      purchases: new PurchaseRepository(client, requireEnvironment(ENVIRONMENT.purchaseTable)),
      clock: systemClock,
    };
  },
  run: releaseSeat,
});
