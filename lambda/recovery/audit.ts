import type { Context } from 'aws-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Cancellations } from '../cancellation/start-cancellation';
import { connectOrders } from '../order/connect-orders';
import { type OrderRepository } from '../order/order-repository';
import { paidOrders } from '../order/paid-orders';
import { EventRepository } from '../event/event-repository';
import { connectGateway } from '../payment/connect-gateway';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { connected } from '../shared/connected';
import { connectAddressHashes } from '../shared/address-hash';
import { referenceOfHash } from '../shared/reference';
import { SeatRepository } from '../seat/seat-repository';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { disputeTeller } from '../stripe-events/dispute-teller';
import { type FollowDependencies } from '../stripe-events/follow-payment';
import { TicketStore } from '../ticket/ticket-store';
import { AuditLog, AuditOverlaps, type AuditState } from './audit-log';
import { Escalations } from '../shared/escalations';
import { type PaidRecords } from '../payment/paid-records';
import { releaseOrphanHolds } from './orphan-holds';
import { LOOKS_BACK, type Run, undoOrphanPayments } from './orphan-payments';
import { completeOlder, type OlderDependencies, olderRecords } from './older-records';
import { keepWithEvents, type RetentionDependencies, RetentionMarks } from './retention';
import { deleteOrphanTickets } from './orphan-tickets';
import { followUntold } from './unfollowed-payments';
import { type Bound, WithoutRecord } from './without-record';

/** Milliseconds before its time is up in which a run only finishes what it has begun. */
const FINISHES_WITHIN = 120_000;

/** Purchases that one log line names. */
const MOST_NAMED = 20;

export interface AuditDependencies
  extends
    FollowDependencies,
    Pick<RetentionDependencies, 'marks' | 'salesKept'>,
    Pick<OlderDependencies, 'older' | 'addresses'> {
  readonly orders: OrderRepository;
  readonly paidOrders: PaidRecords;
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly tickets: TicketStore;
  readonly escalations: Escalations;
  readonly log: AuditLog;
  readonly bound: Bound;
}

const dependencies = connected(connect);

/**
 * Runs every hour and looks from the other side: not at purchases, but at payments, tickets and seats, for such as no
 * purchase stands behind.
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  correlate(context, { step: 'Audit' });
  await audit(dependencies(), () => context.getRemainingTimeInMillis() > FINISHES_WITHIN);
}

/**
 * First all look, side by side, and put right what a record says is wrong: one that fails keeps no other from it. Then it is
 * decided upon what has no record, all of it together. In the end it is noted how far they have come.
 *
 * @param hasTime false shortly before the function's time is up
 * @throws Error that names the looks that failed, or met something that could not be undone
 */
export async function audit(dependencies: AuditDependencies, hasTime: Run['hasTime']): Promise<void> {
  const { bound, clock, log } = dependencies;
  const now = clock.nowSeconds();
  const before = await log.read();
  const state: AuditState = {
    ...before,
    tallies: before.tallies.filter(({ at }) => at > now - LOOKS_BACK),
  };
  const withoutRecord = new WithoutRecord(bound, state.tallies);
  const run: Run = { state, withoutRecord, hasTime };
  const failed: string[] = [];
  const [payments, unfollowed, tickets, seats, , older] = await Promise.all([
    look('payments', undoOrphanPayments(dependencies, run)),
    look('unfollowed', followUntold(dependencies, run)),
    look('tickets', deleteOrphanTickets(dependencies, run)),
    look('seats', releaseOrphanHolds(dependencies, run)),
    look('retention', keepWithEvents(dependencies, run)),
    look('older', completeOlder(dependencies, run)),
  ]);

  // What did not look to its end may not know what tells a sale from a purchase that there never was.
  const sawAll = payments && tickets && seats;
  const undone = sawAll ? await undoWithinBound(payments.counts.looked) : 0;
  if (payments && payments.counts.failed > 0) failed.push('payments');
  report();
  await remember();
  // The error count of the function is what the alarm watches.
  if (failed.length > 0) throw new Error(`Audits failed: ${failed.join(', ')}`);

  async function look<Look extends { readonly counts: object }>(
    name: string,
    looking: Promise<Look>,
  ): Promise<Look | undefined> {
    try {
      const looked = await looking;
      logger.info('Audited', { audit: name, ...looked.counts });
      return looked;
    } catch (error) {
      failed.push(name);
      logger.error('Audit failed', { audit: name, errorName: (error as Error).name });
      return undefined;
    }
  }

  /** @returns of how many purchases something was undone */
  async function undoWithinBound(looked: number): Promise<number> {
    const unsold = withoutRecord.isWithinBound(looked) ? await withoutRecord.unsold() : [];
    if (unsold.length === 0) return 0;
    // Counted before it is done: a run that dies on the way, or runs beside this one, must not have the bound to itself.
    if (
      !(await write({ ...state, tallies: [...state.tallies, { at: now, looked: 0, undone: unsold.length }] }))
    )
      return 0;
    for (const { undo } of unsold.flat()) await undo!();
    withoutRecord.touched(unsold);
    return unsold.length;
  }

  function report(): void {
    if (payments) measure({ AuditFindings: payments.counts.undone }, { finding: 'payment' });
    if (unfollowed) measure({ AuditFindings: unfollowed.counts.followed }, { finding: 'unfollowed' });
    if (tickets) measure({ AuditFindings: tickets.counts.deleted }, { finding: 'ticket' });
    if (seats) measure({ AuditFindings: seats.counts.released }, { finding: 'hold' });
    if (seats) measure({ AuditFindings: seats.counts.soldWithoutSale }, { finding: 'soldSeat' });
    const left = withoutRecord.leaveTheRest();
    measure({ PurchasesWithoutRecord: left.length }, {});
    if (left.length > 0) {
      const isWithinBound = withoutRecord.isWithinBound(payments?.counts.looked ?? 0);
      const references = left.slice(0, MOST_NAMED).map((hash) => referenceOfHash(hash));
      logger.error('Purchases without a record', { purchases: left.length, isWithinBound, references });
    }
  }

  async function remember(): Promise<void> {
    await write({
      ...state,
      ...payments?.state(),
      ...tickets?.state(),
      ...seats?.state(),
      ...older?.state(),
      tallies: [...state.tallies, { at: now, looked: payments?.lookedForGood() ?? 0, undone }],
    });
  }

  /** @returns false when another audit has written meanwhile: then what it says holds, and this one's looks are made again */
  async function write(next: AuditState): Promise<boolean> {
    try {
      await log.write(next);
      return true;
    } catch (error) {
      if (!(error instanceof AuditOverlaps)) throw error;
      logger.warn('Another audit is under way');
      return false;
    }
  }
}

function connect(): AuditDependencies {
  const client = documentClient();
  const purchaseTable = requireEnvironment(ENVIRONMENT.purchaseTable);
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  const orders = connectOrders(client);
  return {
    ...{ orders, paidOrders: paidOrders(orders) },
    purchases: new PurchaseRepository(client, purchaseTable),
    events: new EventRepository(client, seatTable),
    seats: new SeatRepository(client, seatTable),
    tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
    gateway: connectGateway,
    cancellations: new Cancellations(),
    tellDispute: disputeTeller(new SNSClient(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.noticeTopic)),
    escalations: new Escalations(
      new SQSClient(REQUEST_TIMEOUTS),
      requireEnvironment(ENVIRONMENT.escalationQueue),
    ),
    log: new AuditLog(client, purchaseTable),
    marks: new RetentionMarks(client, seatTable),
    older: olderRecords(client, {
      purchases: purchaseTable,
      orders: requireEnvironment(ENVIRONMENT.orderTable),
    }),
    addresses: connectAddressHashes(),
    salesKept: requireNumber(ENVIRONMENT.salesKept),
    bound: {
      purchases: requireNumber(ENVIRONMENT.auditBoundPurchases),
      percent: requireNumber(ENVIRONMENT.auditBoundPercent),
    },
    clock: systemClock,
  };
}
