import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { connectEvent } from '../../lambda/event/connect-event';
import { EventCancellations } from '../../lambda/event/event-cancellations';
import { RecentCancellations } from '../../lambda/event/recent-cancellations';
import { RecentLayouts } from '../../lambda/event/recent-layouts';
import { sendConfirmation } from '../../lambda/notification/send-confirmation';
import { connectGateway } from '../../lambda/payment/connect-gateway';
import { processPayment } from '../../lambda/payment/process-payment';
import { refundPayment } from '../../lambda/payment/refund-payment';
import { purchaseIdSchema, purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { PurchaseRepository } from '../../lambda/purchase/purchase-repository';
import { releaseSeat } from '../../lambda/seat/release-seat';
import { type Reservation } from '../../lambda/seat/reservation';
import { reserveSeat } from '../../lambda/seat/reserve-seat';
import { connectAddressHashes } from '../../lambda/shared/address-hash';
import { documentClient } from '../../lambda/shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../../lambda/shared/environment';
import { logger } from '../../lambda/shared/logger';
import { REQUEST_TIMEOUTS } from '../../lambda/shared/request-timeouts';
import { parse } from '../../lambda/shared/validation';
import { generateTicket } from '../../lambda/ticket/generate-ticket';
import { connectTicketKeys } from '../../lambda/ticket/ticket-keys';
import { TicketStore } from '../../lambda/ticket/ticket-store';

const inputSchema = z.object({ purchaseId: purchaseIdSchema, request: purchaseRequestSchema });

/**
 * The baseline: the seed's embedded orchestrator, one function with a try and a catch. It does what the saga's steps do,
 * by the very same code and clients, without a workflow between them: no retries, no visibility, and a crash in the
 * middle leaves what it has done.
 */
export async function handler(event: unknown, context: Context): Promise<object> {
  logger.addContext(context);
  const { purchaseId, request } = parse(inputSchema, event);
  const executionId = randomUUID();
  const services = (connected ??= connect());
  let reservation: Reservation | undefined;
  let paid = false;
  try {
    reservation = unlessRefused(
      await reserveSeat({ purchaseId, executionId, request, viewer: '' }, services),
    );
    const {
      amount,
      currency,
      paymentMethod,
      paymentIntentId,
      viewer,
      createdAt,
      eventId,
      event: show,
      seats,
    } = reservation;
    const payment = {
      purchaseId,
      executionId,
      eventId,
      amount,
      currency,
      paymentMethod,
      paymentIntentId,
      viewer,
    };
    unlessRefused(await processPayment(payment, services));
    paid = true;
    await generateTicket(
      {
        purchaseId,
        createdAt,
        eventId,
        event: show,
        seats: [...seats],
        currency,
        buyerName: request.buyer.name,
      },
      services,
    );
    await sendConfirmation({ purchaseId, channels: ['email'] }, services);
    const { reference, seatIds } = reservation;
    logger.info('PurchaseTicket succeeded', { reference });
    return { purchaseId, reference, status: 'CONFIRMED', eventId, seats: seatIds, amount, currency };
  } catch (error) {
    const failures = { ProcessPayment: { Error: (error as Error).name } };
    if (paid) await refundPayment({ purchaseId, executionId, failures }, services);
    if (reservation) await releaseSeat({ purchaseId, executionId, request, failures }, services);
    throw error;
  }
}

/** A refusal ends this function as it ends a step: as an error. */
function unlessRefused<Result>(result: Result): Exclude<Result, Error> {
  if (result instanceof Error) throw result;
  return result as Exclude<Result, Error>;
}

let connected: ReturnType<typeof connect> | undefined;

function connect() {
  const client = documentClient();
  const event = connectEvent(client);
  return {
    ...event,
    unpaidBound: requireNumber(ENVIRONMENT.unpaidSeats),
    salesKept: requireNumber(ENVIRONMENT.salesKept),
    layouts: new RecentLayouts(event.events, event.clock),
    cancellations: new RecentCancellations(
      new EventCancellations(client, requireEnvironment(ENVIRONMENT.seatTable)),
      event.clock,
    ),
    addresses: connectAddressHashes(),
    ticketKeys: connectTicketKeys(),
    purchases: new PurchaseRepository(client, requireEnvironment(ENVIRONMENT.purchaseTable)),
    gateway: connectGateway,
    tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
    client: new SNSClient(REQUEST_TIMEOUTS),
    topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
  };
}
