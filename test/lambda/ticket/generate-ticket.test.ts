import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { purchaseHash } from '../../../lambda/shared/reference';
import { type Purchase } from '../../../lambda/purchase/purchase';
import { type Reservation } from '../../../lambda/seat/reservation';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { handler } from '../../../lambda/ticket/generate-ticket';
import { LocalClock } from '../../../local/core/clock';
import { createS3Service } from '../../../local/s3/s3-service';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, errorOf, type Order, LAYOUT } from '../checkout';
import { CONTEXT } from '../invocation';
import { readTicketCode } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { decodeQrCode } from '../../../scripts/verify-ticket/decode-qr-code';
import { readTicket } from '../../../scripts/verify-ticket/read-ticket';

const BUCKET = 'tickets-bucket';
const directory = mkdtempSync(join(tmpdir(), 'eventpro-tickets-'));
const s3 = createS3Service({ directory, clock: new LocalClock() });
s3.createBucket(BUCKET);
process.env[ENVIRONMENT.ticketBucket] = BUCKET;

const SECRET = 's'.repeat(64);
const secrets = createSecretsManagerService();
secrets.putSecret('ticket-secret', 'arn:ticket-secret', SECRET);
process.env[ENVIRONMENT.ticketSecret] = 'ticket-secret';

const tables = useTables();
useAwsServices([s3, secrets]);
let checkout: Checkout;

beforeEach(async () => {
  s3.reset();
  checkout = await Checkout.open(tables);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What the state machine hands on: the reservation, and the buyer's name. */
async function reservedAndPaid(
  seats: string[],
  buyerName = 'Ada Lovelace',
): Promise<{ order: Order; reservation: Reservation }> {
  const order = checkout.order(seats, { buyer: { name: buyerName, email: 'ada@example.com' } });
  const reservation = await checkout.reserve(order);
  await checkout.purchases.recordPaymentIntent(order.purchaseId, 'pi_1');
  return { order, reservation };
}

function generate({ order, reservation }: { order: Order; reservation: Reservation }) {
  return handler(
    { ...order, ...reservation, buyerName: order.request.buyer.name, requestId: 'r-1' },
    CONTEXT,
  );
}

async function storedTickets() {
  const { Contents = [] } = await new S3Client({}).send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents;
}

async function readStored(key: string) {
  const { Body, ContentType } = await new S3Client({}).send(
    new GetObjectCommand({ Bucket: BUCKET, Key: key }),
  );
  return { contentType: ContentType, ticket: await readTicket(await Body!.transformToByteArray()) };
}

describe('a purchase that is paid', () => {
  test('gets a readable PDF, one page a seat', async () => {
    const paid = await reservedAndPaid(['A-1', 'C-2']);

    await generate(paid);

    const [stored, ...others] = await storedTickets();
    expect(others).toEqual([]);
    expect(stored!.Key).toMatch(new RegExp(`^tickets/.*/${purchaseHash(paid.order.purchaseId)}\\.pdf$`));
    const { contentType, ticket } = await readStored(stored!.Key!);
    expect(contentType).toBe('application/pdf');
    expect(ticket.pages.map(({ lines }) => lines.join(' | '))).toEqual([
      expect.stringMatching(/The Late Quartet .* Row A, seat 1 .* €120 \| Ada Lovelace/),
      expect.stringMatching(/The Late Quartet .* Row C, seat 2 .* €80 \| Ada Lovelace/),
    ]);
  });

  test('has a signed code on each page: the purchase, the event, the seat and when it was opened', async () => {
    const paid = await reservedAndPaid(['A-1', 'C-2']);

    await generate(paid);

    const [stored] = await storedTickets();
    const { kid, publicKey } = ticketKeyOf(SECRET);
    const { pages } = (await readStored(stored!.Key!)).ticket;
    const codes = pages.map(({ qrCode }) =>
      readTicketCode(decodeQrCode(qrCode)!, new Map([[kid, publicKey]])),
    );
    const { purchaseId } = paid.order;
    const claims = { purchaseId, eventId: checkout.eventId, iat: paid.reservation.createdAt };
    expect(codes).toEqual(['A-1', 'C-2'].map((seatId) => ({ valid: true, claims: { ...claims, seatId } })));
  });

  test('is CONFIRMED with its seats SOLD, all kept for 180 days after the event', async () => {
    const paid = await reservedAndPaid(['A-1', 'C-2']);

    const result = await generate(paid);

    expect(result).toEqual({ seats: 2 });
    expect(await checkout.purchases.find(paid.order.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
    const items = await checkout.seatItems();
    expect(items).toMatchObject([
      { seatId: 'A-1', status: 'SOLD', purchaseId: paid.order.purchaseId },
      { seatId: 'C-2', status: 'SOLD', purchaseId: paid.order.purchaseId },
    ]);
    const until = await checkout.keptUntil();
    expect(until).toBe(Date.parse(LAYOUT.startsAt) / 1000 + 180 * 86_400);
    for (const item of items) expect(item[tables.expiryAttribute]).toBe(until);
    expect((await checkout.purchases.find(paid.order.purchaseId))?.expiresAt).toBe(until);
  });

  test('stays in the index of what is due: its buyer has not been told yet', async () => {
    const paid = await reservedAndPaid(['A-1']);

    await generate(paid);

    const due: Pick<Purchase, 'purchaseId'>[] = [];
    for await (const each of checkout.purchases.due(checkout.clock.nowSeconds() + 360)) due.push(each);
    expect(due).toContainEqual(expect.objectContaining({ purchaseId: paid.order.purchaseId }));
  });

  test('run twice: one object with the same bytes, and the same answer', async () => {
    const paid = await reservedAndPaid(['A-1']);
    const first = await generate(paid);
    const stored = await storedTickets();
    const seatItems = await checkout.seatItems();

    const second = await generate(paid);

    expect(second).toEqual(first);
    expect(stored).toHaveLength(1);
    expect(await storedTickets()).toMatchObject([{ Key: stored[0]!.Key, ETag: stored[0]!.ETag }]);
    expect(await checkout.seatItems()).toEqual(seatItems);
  });

  test('run twice at the same moment: one object, one sale', async () => {
    const paid = await reservedAndPaid(['A-1', 'A-2']);

    const results = await Promise.all([generate(paid), generate(paid)]);

    expect(results).toEqual([{ seats: 2 }, { seats: 2 }]);
    expect(await storedTickets()).toHaveLength(1);
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD', 'A-2 SOLD']);
  });

  test('whose hold expired while nobody else took the seat: the sale still counts', async () => {
    const paid = await reservedAndPaid(['A-1']);
    checkout.clock.advance(3_600);

    await generate(paid);

    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test.each([
    ['letters of other scripts', '山田 太郎 Łukasz'],
    ['emoji', '👩‍👩‍👧‍👦 Ada 🎟'],
    ['a hundred letters', 'W'.repeat(100)],
    ['right-to-left marks and control characters', '\u202eAda\u0000\u0007 عادل'],
  ])('by a buyer whose name is %s, is CONFIRMED all the same', async (_, buyerName) => {
    const paid = await reservedAndPaid(['A-1'], buyerName);

    await generate(paid);

    const [stored] = await storedTickets();
    expect((await readStored(stored!.Key!)).ticket.pages).toHaveLength(1);
    expect(await checkout.purchases.find(paid.order.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('a purchase that can no longer be sold', () => {
  test('whose hold another buyer took: SaleNotPossible, and none of its seats is sold', async () => {
    const late = await reservedAndPaid(['A-1', 'A-2']);
    checkout.clock.advance(600);
    const next = await checkout.pending(['A-2']);

    const error = await errorOf(generate(late));

    expect(error).toMatchObject({ name: 'SaleNotPossible', message: 'A seat is no longer held' });
    expect(await checkout.purchases.find(late.order.purchaseId)).toMatchObject({ status: 'PAID' });
    expect(await checkout.seatItems()).toMatchObject([
      { seatId: 'A-1', status: 'HELD', purchaseId: late.order.purchaseId },
      { seatId: 'A-2', status: 'HELD', purchaseId: next.purchaseId },
    ]);
  });

  test('whose hold was given back: SaleNotPossible', async () => {
    const paid = await reservedAndPaid(['A-1']);
    await checkout.seats.release(checkout.eventId, checkout.seat('A-1'), paid.order.purchaseId);

    const error = await errorOf(generate(paid));

    expect(error.name).toBe('SaleNotPossible');
    expect(await checkout.seatItems()).toEqual([]);
  });

  test('that a compensation has claimed: SaleNotPossible, and it stays claimed', async () => {
    const paid = await reservedAndPaid(['A-1']);
    await checkout.claim(paid.order);

    const error = await errorOf(generate(paid));

    expect(error).toMatchObject({
      name: 'SaleNotPossible',
      message: 'The purchase is no longer live',
    });
    expect(await checkout.purchases.find(paid.order.purchaseId)).toMatchObject({ status: 'COMPENSATING' });
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });
});

test.each(Array.from({ length: 10 }, (_, n) => [n]))(
  'sale and compensation at the same moment: one of them wins, whole (%d)',
  async () => {
    const paid = await reservedAndPaid(['A-1', 'A-2']);

    const [sale, claim] = await Promise.allSettled([generate(paid), checkout.claim(paid.order)]);

    const statuses = [sale.status, claim.status];
    expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(1);
    const sold = sale.status === 'fulfilled';
    expect(await checkout.purchases.find(paid.order.purchaseId)).toMatchObject({
      status: sold ? 'CONFIRMED' : 'COMPENSATING',
    });
    expect(await checkout.seatStates()).toEqual(sold ? ['A-1 SOLD', 'A-2 SOLD'] : ['A-1 HELD', 'A-2 HELD']);
  },
);
