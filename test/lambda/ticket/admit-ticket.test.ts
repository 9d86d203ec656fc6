import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type PurchasedSeat } from '../../../lambda/purchase/purchase';
import { admissionsOf } from '../../../lambda/purchase/admission';
import { timeText } from '../../../lambda/shared/clock';
import { Problem } from '../../../lambda/shared/problem';
import { referenceOf } from '../../../lambda/shared/reference';
import { admitTicket, SAME_SCAN_WITHIN } from '../../../lambda/ticket/admit-ticket';
import { signTicketCode, type TicketClaims } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { type TicketKeys } from '../../../lambda/ticket/ticket-keys';
import { useTables } from '../../support/tables';
import { Checkout, type Order } from '../checkout';

const KEY = ticketKeyOf('s'.repeat(64));
const ticketKeys = { verifying: () => Promise.resolve([KEY]) } as unknown as TicketKeys;

const tables = useTables();
let checkout: Checkout;
beforeEach(async () => (checkout = await Checkout.open(tables)));

function codeOf({ purchaseId }: Order, seatId: string, other: Partial<TicketClaims> = {}, key = KEY): string {
  return signTicketCode(
    { purchaseId, eventId: checkout.eventId, seatId, iat: checkout.clock.nowSeconds(), ...other },
    key,
  );
}

const admit = (code: string, gate = 'North 1', eventId = checkout.eventId) =>
  admitTicket({ code, gate, eventId }, { ...checkout, ticketKeys });

const found = async ({ purchaseId }: Order) => (await checkout.purchases.find(purchaseId))!;

test('the first scan of a seat lets in, with what the gate shows and nothing that opens the purchase', async () => {
  const order = await checkout.confirmed(['A-1', 'A-2']);

  const answer = await admit(codeOf(order, 'A-2'));

  expect(answer).toEqual({
    reference: referenceOf(order.purchaseId),
    ...{ eventId: checkout.eventId, seatId: 'A-2', section: 'Stalls', tier: 'premium' },
    admittedAt: timeText(checkout.clock.nowSeconds()),
    gate: 'North 1',
  });
  expect(JSON.stringify(answer)).not.toContain(order.purchaseId);
  expect(await found(order)).toMatchObject({ status: 'CONFIRMED', admitted: 1 });
});

test('each seat of a purchase has its own code, and each lets in once', async () => {
  const order = await checkout.confirmed(['A-1', 'A-2']);

  const answers = await Promise.all(['A-1', 'A-2'].map((seatId) => admit(codeOf(order, seatId), seatId)));

  expect(answers).toEqual([
    expect.objectContaining({ seatId: 'A-1' }),
    expect.objectContaining({ seatId: 'A-2' }),
  ]);
  expect(admissionsOf(await found(order)).map(({ seatId, gate }) => [seatId, gate])).toEqual([
    ['A-1', 'A-1'],
    ['A-2', 'A-2'],
  ]);
});

test('of fifty gates one lets in, and the others say when and where', async () => {
  const code = codeOf(await checkout.confirmed(['A-1']), 'A-1');

  const answers = await Promise.all(Array.from({ length: 50 }, (_, gate) => admit(code, `Gate ${gate}`)));

  const [winner, ...more] = answers.flatMap((answer) => (answer instanceof Problem ? [] : [answer]));
  expect(more).toEqual([]);
  for (const answer of answers) {
    if (answer instanceof Problem) {
      const { admittedAt, gate } = winner!;
      expect(answer).toMatchObject({ name: 'AlreadyAdmitted', members: { admittedAt, gate } });
    }
  }
});

describe('the same gate', () => {
  test(`that sends its scan again within ${SAME_SCAN_WITHIN} seconds gets its first answer`, async () => {
    const code = codeOf(await checkout.confirmed(['A-1']), 'A-1');
    const first = await admit(code);
    checkout.clock.advance(SAME_SCAN_WITHIN);

    expect(await admit(code)).toEqual(first);
  });

  test.each([SAME_SCAN_WITHIN + 1, 86_400, 400 * 86_400])('is refused %d seconds later', async (seconds) => {
    const code = codeOf(await checkout.confirmed(['A-1']), 'A-1');
    const first = await admit(code);
    checkout.clock.advance(seconds);

    expect(await admit(code)).toMatchObject({
      name: 'AlreadyAdmitted',
      members: { admittedAt: (first as { admittedAt: string }).admittedAt, gate: 'North 1' },
    });
  });

  test('is refused for another code of the purchase as any other', async () => {
    const order = await checkout.confirmed(['A-1', 'A-2']);
    await admit(codeOf(order, 'A-1'), 'South');
    await admit(codeOf(order, 'A-2'));

    expect(await admit(codeOf(order, 'A-1'))).toMatchObject({
      name: 'AlreadyAdmitted',
      members: { gate: 'South' },
    });
  });
});

describe('nobody is let in', () => {
  test.each([
    ['is still running', () => checkout.paid(['A-1']), 'PURCHASE_NOT_CONFIRMED'],
    ['is being given back', () => compensating(), 'PURCHASE_NOT_CONFIRMED'],
    ['is not there', async () => checkout.order(['A-1']), 'PURCHASE_NOT_FOUND'],
  ])('by a purchase that %s', async (_, bring, reason) => {
    const order = await bring();

    expect(await admit(codeOf(order, 'A-1'))).toMatchObject({ name: 'TicketNotValid', members: { reason } });
  });

  test('by one that is being cancelled, is cancelled, or was while the gate asked', async () => {
    const order = await checkout.confirmed(['A-1']);
    const code = codeOf(order, 'A-1');
    const purchases = Object.assign(Object.create(checkout.purchases) as typeof checkout.purchases, {
      async find(purchaseId: string) {
        const sale = await checkout.purchases.find(purchaseId);
        await checkout.cancelling(order);
        return sale;
      },
    });

    const during = await admitTicket(
      { code, gate: 'North 1', eventId: checkout.eventId },
      { ...checkout, purchases, ticketKeys },
    );
    const cancelling = await admit(code);
    await checkout.purchases.settleCancelled(order.purchaseId);
    const cancelled = await admit(code);

    for (const answer of [during, cancelling, cancelled])
      expect(answer).toMatchObject({ name: 'PurchaseCancelled' });
    expect((await found(order)).admitted).toBeUndefined();
  });

  test.each([
    ['forged', (order: Order) => codeOf(order, 'A-1', {}, ticketKeyOf('x'.repeat(64))), 'UNKNOWN_KEY'],
    ['changed', (order: Order) => codeOf(order, 'A-1').replace(/\.(..)/, '.$1A'), 'SIGNATURE_INVALID'],
    ['no ticket', () => 'https://example.com/menu', 'NOT_A_TICKET'],
    ['for a seat of another', (order: Order) => codeOf(order, 'B-1'), 'SEAT_NOT_OF_PURCHASE'],
  ])('by a code that is %s', async (_, forge, reason) => {
    const order = await checkout.confirmed(['A-1']);

    expect(await admit(forge(order))).toMatchObject({ name: 'TicketNotValid', members: { reason } });
    expect((await found(order)).admitted).toBeUndefined();
  });

  test('at the gate of another event', async () => {
    const order = await checkout.confirmed(['A-1']);

    expect(await admit(codeOf(order, 'A-1'), 'North 1', 'gala')).toMatchObject({ name: 'OtherEvent' });
    expect((await found(order)).admitted).toBeUndefined();
  });

  async function compensating(): Promise<Order> {
    const order = await checkout.pending(['A-1']);
    await checkout.claim(order);
    return order;
  }
});

test('a sale of an older version, whose seats have neither tier nor price, lets in', async () => {
  const order = await checkout.confirmed(['A-1']);
  const seats: PurchasedSeat[] = [{ seatId: 'A-1', section: 'Stalls' }];
  await tables.client.send(
    new UpdateCommand({
      TableName: tables.purchaseTable,
      Key: { purchaseId: order.purchaseId },
      UpdateExpression: 'SET seats = :seats REMOVE #reference',
      ExpressionAttributeNames: { '#reference': 'reference' },
      ExpressionAttributeValues: { ':seats': seats },
    }),
  );

  const answer = await admit(codeOf(order, 'A-1'));

  expect(answer).toEqual({
    ...{ reference: referenceOf(order.purchaseId), eventId: checkout.eventId },
    ...{ seatId: 'A-1', section: 'Stalls', gate: 'North 1', admittedAt: expect.any(String) },
  });
});
