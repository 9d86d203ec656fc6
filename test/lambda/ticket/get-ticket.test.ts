import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { purchaseHash, referenceOf } from '../../../lambda/shared/reference';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { handler } from '../../../lambda/ticket/get-ticket';
import { LINK_SECONDS, TicketStore } from '../../../lambda/ticket/ticket-store';
import { LocalClock } from '../../../local/core/clock';
import { createS3Service } from '../../../local/s3/s3-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, type Order } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const BUCKET = 'tickets-bucket';
const directory = mkdtempSync(join(tmpdir(), 'eventpro-tickets-'));
const s3Clock = new LocalClock();
const s3 = createS3Service({ directory, clock: s3Clock });
s3.createBucket(BUCKET);
process.env[ENVIRONMENT.ticketBucket] = BUCKET;

const tables = useTables();
useAwsServices([s3]);
let checkout: Checkout;

beforeEach(async () => {
  s3Clock.reset();
  checkout = await Checkout.open(tables);
});
afterAll(() => rmSync(directory, { recursive: true }));

const PDF = Buffer.from('%PDF-1.7 the ticket');

async function confirmedWithTicket(): Promise<Order> {
  const order = await checkout.confirmed(['A-1']);
  const purchase = (await checkout.purchases.find(order.purchaseId))!;
  await new TicketStore(new S3Client({}), BUCKET).put(purchase, PDF);
  return order;
}

function getTicket(purchaseId: string) {
  return handler(apiRequest({ pathParameters: { purchaseId } }), CONTEXT);
}

describe('a purchase that is CONFIRMED', () => {
  test('is redirected to its PDF, which opens in the browser under its own name', async () => {
    const { purchaseId } = await confirmedWithTicket();

    const { statusCode, headers, body } = await getTicket(purchaseId);
    const download = await fetch(headers!['Location'] as string);

    expect({ statusCode, body }).toEqual({ statusCode: 302, body: '' });
    expect(headers!['Cache-Control']).toBe('no-store');
    expect(download.status).toBe(200);
    expect(download.headers.get('content-type')).toBe('application/pdf');
    expect(download.headers.get('content-disposition')).toBe(
      `inline; filename="ticket-${referenceOf(purchaseId)}.pdf"`,
    );
    expect(Buffer.from(await download.arrayBuffer())).toEqual(PDF);
  });

  test('nothing in the link, which stands in the log of the bucket, opens the purchase', async () => {
    const { purchaseId } = await confirmedWithTicket();

    const { headers } = await getTicket(purchaseId);

    expect(decodeURIComponent(headers!['Location'] as string)).not.toContain(purchaseId);
    expect(headers!['Location']).toContain(`/${purchaseHash(purchaseId)}.pdf`);
  });

  test('from before there were references, its ticket is found under the name that it had then', async () => {
    const { purchaseId } = await checkout.confirmed(['A-1']);
    const { createdAt } = (await checkout.purchases.find(purchaseId))!;
    const day = new Date(createdAt * 1000).toISOString().slice(0, 10);
    const Key = `tickets/${day}/${purchaseId}.pdf`;
    await new S3Client({}).send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: PDF }));
    await tables.client.send(
      new UpdateCommand({
        ...{ TableName: tables.purchaseTable, Key: { purchaseId } },
        UpdateExpression: 'REMOVE #reference',
        ExpressionAttributeNames: { '#reference': 'reference' },
      }),
    );

    const { headers } = await getTicket(purchaseId);
    const download = await fetch(headers!['Location'] as string);

    expect(Buffer.from(await download.arrayBuffer())).toEqual(PDF);
  });

  test('the link works until its last second and no longer', async () => {
    const { purchaseId } = await confirmedWithTicket();
    const { headers } = await getTicket(purchaseId);
    const link = headers!['Location'] as string;

    s3Clock.advance(LINK_SECONDS - 5);
    const before = await fetch(link);
    s3Clock.advance(10);
    const after = await fetch(link);

    expect(LINK_SECONDS).toBe(300);
    expect(before.status).toBe(200);
    expect(after.status).toBe(403);
  });

  test('the link opens this ticket alone', async () => {
    const [mine, other] = [await confirmedWithTicket(), await checkout.confirmed(['A-2'])];
    const { headers } = await getTicket(mine.purchaseId);

    const stolen = await fetch(
      (headers!['Location'] as string).replace(purchaseHash(mine.purchaseId), purchaseHash(other.purchaseId)),
    );

    expect(stolen.status).toBe(403);
  });

  test('is found by its id in capital letters too', async () => {
    const { purchaseId } = await confirmedWithTicket();

    const { statusCode } = await getTicket(purchaseId.toUpperCase());

    expect(statusCode).toBe(302);
  });
});

describe('a purchase without a ticket', () => {
  async function cancelling(): Promise<Order> {
    const order = await confirmedWithTicket();
    await checkout.cancelling(order);
    return order;
  }

  test.each([
    ['PENDING', () => checkout.pending(['A-1']), 409, 'PURCHASE_IN_PROGRESS'],
    ['PAID', () => checkout.paid(['A-1']), 409, 'PURCHASE_IN_PROGRESS'],
    ['COMPENSATING', () => compensating(), 404, 'TICKET_NOT_FOUND'],
    ['FAILED', () => failed(), 404, 'TICKET_NOT_FOUND'],
    ['CANCELLING', () => cancelling(), 410, 'PURCHASE_CANCELLED'],
    ['not there', async () => checkout.order(['A-1']), 404, 'PURCHASE_NOT_FOUND'],
  ])('because it is %s is answered with a problem', async (_, bring, status, code) => {
    const { purchaseId } = await bring();

    const answer = answerOf(await getTicket(purchaseId));

    expect(answer).toMatchObject({
      statusCode: status,
      contentType: 'application/problem+json',
      body: { status, code, purchaseId },
    });
  });

  async function compensating(): Promise<Order> {
    const order = await checkout.pending(['A-1']);
    await checkout.claim(order);
    return order;
  }

  async function failed(): Promise<Order> {
    const order = await compensating();
    await checkout.purchases.settleFailed(order.purchaseId);
    return order;
  }

  test.each(['', 'nonsense', '../tickets', `${randomUUID()}x`])(
    'because its id cannot be one (%j) is not looked for',
    async (purchaseId) => {
      const answer = answerOf(await getTicket(purchaseId));

      expect(answer).toMatchObject({ statusCode: 404, body: { code: 'PURCHASE_NOT_FOUND' } });
    },
  );
});
