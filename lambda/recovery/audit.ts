import type { Context } from 'aws-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EventRepository } from '../event/event-repository';
import { connectGateway } from '../payment/connect-gateway';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { SeatRepository } from '../seat/seat-repository';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { TicketStore } from '../ticket/ticket-store';
import { Escalations } from './escalations';
import { deleteOrphanTickets } from './orphan-tickets';
import { releaseOrphanHolds } from './orphan-holds';
import { undoOrphanPayments } from './orphan-payments';

type Audit = () => Promise<object>;

let audits: Record<string, Audit> | undefined;

/**
 * Runs every hour and looks from the other side: not at purchases, but at payments, tickets and seats, for such as no
 * purchase stands behind.
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  correlate(context, { step: 'Audit' });
  audits ??= connect();
  await run(audits);
}

/**
 * Side by side, so that none waits for another, or fails with it: not even if one takes longer than the function may run.
 *
 * @throws Error that names those that failed
 */
export async function run(audits: Readonly<Record<string, Audit>>): Promise<void> {
  const failed: string[] = [];
  await Promise.all(
    Object.entries(audits).map(async ([name, audit]) => {
      try {
        logger.info('Audited', { audit: name, ...(await audit()) });
      } catch (error) {
        failed.push(name);
        logger.error('Audit failed', { audit: name, errorName: (error as Error).name });
      }
    }),
  );
  // The error count of the function is what the alarm watches.
  if (failed.length > 0) throw new Error(`Audits failed: ${failed.join(', ')}`);
}

function connect(): Record<string, Audit> {
  const client = documentClient();
  const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
  const clock = systemClock;
  const purchases = new PurchaseRepository(client, requireEnvironment(ENVIRONMENT.purchaseTable));
  const events = new EventRepository(client, seatTable);
  const seats = new SeatRepository(client, seatTable);
  const tickets = new TicketStore(
    new S3Client(REQUEST_TIMEOUTS),
    requireEnvironment(ENVIRONMENT.ticketBucket),
  );
  const escalations = new Escalations(
    new SQSClient(REQUEST_TIMEOUTS),
    requireEnvironment(ENVIRONMENT.escalationQueue),
  );
  return {
    payments: () => undoOrphanPayments({ purchases, gateway: connectGateway, clock, escalations }),
    tickets: () => deleteOrphanTickets({ purchases, tickets, clock }),
    holds: () => releaseOrphanHolds({ events, seats, purchases, clock }),
  };
}
