import { LAYOUT_SECONDS } from '../../../lambda/event/recent-layouts';
import { referenceOf } from '../../../lambda/shared/reference';
import { type Buyer } from '../../../lambda/purchase/purchase';
import { MARKETING_WORDING } from '../../../lambda/purchase/marketing-consent';
import { purchaseAnswer } from '../../../lambda/purchase/purchase-answer';
import { handler } from '../../../lambda/seat/reserve-seat';
import { HOLD_SECONDS } from '../../../lambda/seat/seat-repository';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT, type Order } from '../checkout';
import { CONTEXT } from '../invocation';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useAwsServices } from '../aws-services';

const secrets = createSecretsManagerService();
secrets.putSecret('address-secret', 'arn:address-secret', 'k'.repeat(64));
process.env[ENVIRONMENT.addressSecret] = 'address-secret';

const tables = useTables();
useAwsServices([secrets]);
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

const PHONE = '+4915112345678';
const PUSH_ENDPOINT = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1234';

describe('free seats', () => {
  test.each([
    ['one seat', ['A-1'], 12000],
    ['eight seats of two sections', ['A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-12', 'C-1', 'C-6'], 76000],
  ])('%s: held with the purchase, at the price of the layout', async (_, seats, amount) => {
    const order = checkout.order(seats);

    const reservation = await checkout.reserve(order);

    const reference = referenceOf(order.purchaseId);
    expect(reservation).toEqual({
      reference,
      eventId: checkout.eventId,
      event: {
        ...{ name: LAYOUT.name, venue: LAYOUT.venue },
        ...{ startsAt: LAYOUT.startsAt, timeZone: LAYOUT.timeZone },
      },
      seats: seats.map((seatId) => checkout.seat(seatId)),
      seatIds: seats,
      amount,
      currency: 'EUR',
      paymentMethod: 'pm_card_visa',
      paymentIntentId: null,
      authenticateBy: new Date((checkout.clock.nowSeconds() + 300) * 1000).toISOString(),
      buyerName: 'Ada Lovelace',
      viewer: order.viewer,
      createdAt: checkout.clock.nowSeconds(),
      channels: ['email'],
    });
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'PENDING',
      reference,
      executionId: order.executionId,
      seats: seats.map((seatId) => {
        const { section, tier, price } = checkout.seat(seatId);
        return { seatId, section, tier, price };
      }),
      amount,
      currency: 'EUR',
      buyer: order.request.buyer,
      emailHash: await checkout.addresses.of(order.request.buyer.email),
      createdAt: checkout.clock.nowSeconds(),
      dueShard: expect.any(String),
    });
    expect((await checkout.seatItems()).map(({ seatId }) => seatId)).toEqual(seats);
    for (const item of await checkout.seatItems()) {
      expect(item).toMatchObject({ status: 'HELD', purchaseId: order.purchaseId });
      expect(item[tables.expiryAttribute]).toBe(checkout.clock.nowSeconds() + HOLD_SECONDS);
    }
  });

  test.each([
    ['agrees to marketing', { marketing: true }, true],
    ['does not', { marketing: false }, false],
    ['says nothing of it', {}, false],
  ])('of a buyer who %s: what was agreed to, and when, or nothing', async (_, said, agreed) => {
    const buyer = { name: 'Ada', email: 'ada@example.com', ...said };
    const { purchaseId } = await checkout.pending(['A-1'], { buyer });

    const consent = { wording: MARKETING_WORDING.version, at: checkout.clock.nowSeconds() };
    expect((await checkout.purchases.find(purchaseId))!.marketingConsent).toEqual(
      agreed ? consent : undefined,
    );
  });

  test('a hold lasts ten minutes', () => {
    expect(HOLD_SECONDS).toBe(600);
  });

  test.each([
    ['left nothing but an address', {}, ['email']],
    ['left a phone number', { phone: PHONE }, ['email', 'sms']],
    ['left a device', { pushEndpoint: PUSH_ENDPOINT }, ['email', 'push']],
    ['left both', { phone: PHONE, pushEndpoint: PUSH_ENDPOINT }, ['email', 'sms', 'push']],
    [
      'left both, and chose the SMS',
      { phone: PHONE, pushEndpoint: PUSH_ENDPOINT, channels: ['sms'] },
      ['sms'],
    ],
    ['chose no channel', { phone: PHONE, channels: [] }, []],
  ] satisfies [string, Partial<Buyer>, string[]][])(
    'a buyer who %s is told there',
    async (_, contact, told) => {
      const buyer = { name: 'Ada', email: 'ada@example.com', ...contact };

      const reservation = await checkout.reserve(checkout.order(['A-1'], { buyer }));

      expect(reservation.channels).toEqual(told);
    },
  );
});

describe('taken seats', () => {
  test('one taken seat among free ones: none is held, and the taken one is named', async () => {
    await checkout.pending(['A-2']);
    const order = checkout.order(['A-1', 'A-2', 'A-3']);

    const error = await errorOf(checkout.reserve(order));

    expect(error).toMatchObject({ name: 'SeatUnavailable', message: 'No longer available: A-2.' });
    expect(await checkout.seatStates()).toEqual(['A-2 HELD']);
  });

  test('all taken seats are named, in the order they were asked for', async () => {
    await checkout.confirmed(['C-1']);
    await checkout.pending(['A-2']);

    const error = await errorOf(checkout.reserve(checkout.order(['C-1', 'A-1', 'A-2'])));

    expect(error.message).toBe('No longer available: C-1, A-2.');
  });

  test('a hold still counts in its last second, and is free in the next though its item is still there', async () => {
    const first = await checkout.pending(['A-1']);

    checkout.clock.advance(HOLD_SECONDS - 1);
    const early = await errorOf(checkout.reserve(checkout.order(['A-1'])));
    const itemsAtTheEnd = await checkout.seatItems();
    checkout.clock.advance(1);
    const late = checkout.order(['A-1']);
    await checkout.reserve(late);

    expect(early.name).toBe('SeatUnavailable');
    expect(itemsAtTheEnd).toMatchObject([{ seatId: 'A-1', purchaseId: first.purchaseId }]);
    expect(await checkout.seatItems()).toMatchObject([
      { seatId: 'A-1', purchaseId: late.purchaseId, expiresAt: checkout.clock.nowSeconds() + HOLD_SECONDS },
    ]);
  });

  test('a sold seat stays sold, however late it is', async () => {
    await checkout.confirmed(['A-1']);
    checkout.clock.advance(365 * 86_400);

    const error = await errorOf(checkout.reserve(checkout.order(['A-1'])));

    expect(error.name).toBe('SeatUnavailable');
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test('the same seat of another event is another seat', async () => {
    const elsewhere = await Checkout.open(tables);
    await elsewhere.pending(['A-1']);

    await checkout.pending(['A-1']);

    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });
});

test('seats of the house are not sold: none is held, and they are named', async () => {
  await checkout.pending(['B-1']);
  await checkout.replaceLayout({ ...LAYOUT, blocked: ['A-2', 'B-2'] });
  checkout.clock.advance(LAYOUT_SECONDS);

  const error = await errorOf(checkout.reserve(checkout.order(['A-1', 'A-2', 'B-2'])));

  expect(error).toMatchObject({ name: 'SeatUnavailable', message: 'Not for sale: A-2, B-2.' });
  expect(await checkout.seatStates()).toEqual(['B-1 HELD']);
});

test('a seat of a section with a code is another than that of the same row elsewhere', async () => {
  const balcony = { section: 'Balcony', code: 'B', rows: LAYOUT.sections[0]!.rows };
  await checkout.replaceLayout({ ...LAYOUT, sections: [...LAYOUT.sections, balcony] });

  const reservation = await checkout.reserve(checkout.order(['A-1', 'B-A-1']));

  expect(reservation.seats).toMatchObject([{ section: 'Stalls' }, { section: 'Balcony', row: 'A' }]);
  expect(await checkout.seatStates()).toEqual(['A-1 HELD', 'B-A-1 HELD']);
});

describe('what there is not', () => {
  test.each([
    ['event', (order: Order) => ({ ...order.request, eventId: 'no-such-event' }), 'EventNotFound'],
    ['row', (order: Order) => ({ ...order.request, seats: ['A-1', 'Z-1'] }), 'SeatNotFound'],
    ['number', (order: Order) => ({ ...order.request, seats: ['A-1', 'A-13'] }), 'SeatNotFound'],
    ['zeroth seat', (order: Order) => ({ ...order.request, seats: ['A-1', 'A-0'] }), 'SeatNotFound'],
    // `A-01` is not `A-1` under another name: one seat would be sold twice.
    ['padded number', (order: Order) => ({ ...order.request, seats: ['A-1', 'A-01'] }), 'SeatNotFound'],
  ])('an unknown %s: nothing is held, and a repeat gets the recorded answer', async (_, change, name) => {
    const known = checkout.order(['A-1']);
    const order = { ...known, request: change(known) };

    const first = await errorOf(checkout.reserve(order));
    const second = await errorOf(checkout.reserve({ ...order, executionId: 'another' }));

    expect(first.name).toBe(name);
    expect(second.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(second.message)).toMatchObject({
      reference: referenceOf(order.purchaseId),
      status: 'FAILED',
      failure: { code: expect.stringMatching(/^(EVENT|SEAT)_NOT_FOUND$/), detail: first.message },
    });
    expect(await checkout.seatItems()).toEqual([]);
  });

  test('a refused purchase keeps nothing about the buyer, and nobody owes it anything', async () => {
    await checkout.pending(['A-1']);
    const order = checkout.order(['A-1']);

    await errorOf(checkout.reserve(order));

    const refused = await checkout.purchases.find(order.purchaseId);
    expect(refused).toMatchObject({ status: 'FAILED', amount: 12000, currency: 'EUR' });
    expect(refused).not.toHaveProperty('buyer');
    expect(refused).not.toHaveProperty('dueShard');
    expect(JSON.stringify(refused)).not.toMatch(/Ada|example\.com/);
  });
});

describe('the price the buyer was shown', () => {
  const SHOWN = { amount: 12000, currency: 'EUR' };

  test('is taken, if it is the price', async () => {
    const reservation = await checkout.reserve(checkout.order(['A-1'], { expectedTotal: SHOWN }));

    expect(reservation).toMatchObject(SHOWN);
  });

  test.each([
    ['more', { ...SHOWN, amount: 12001 }, 'not 120.01 EUR'],
    ['less', { ...SHOWN, amount: 1000 }, 'not 10.00 EUR'],
    ['nothing', { ...SHOWN, amount: 0 }, 'not 0.00 EUR'],
    ['as much of another currency', { ...SHOWN, currency: 'JPY' }, 'not 12000 JPY'],
  ])(
    'was %s: nothing is held, and the price of now is told and recorded',
    async (_, expectedTotal, words) => {
      const order = checkout.order(['A-1'], { expectedTotal });

      const first = await errorOf(checkout.reserve(order));
      const again = await errorOf(checkout.reserve({ ...order, executionId: 'another' }));

      expect(first).toMatchObject({ name: 'PriceChanged', members: SHOWN });
      expect(first.message).toBe(
        `The seats cost 120.00 EUR now, ${words}. Nothing was charged and no seat is held.`,
      );
      expect(again.name).toBe('PurchaseAlreadyAnswered');
      expect(JSON.parse(again.message)).toMatchObject({
        ...{ status: 'FAILED', ...SHOWN },
        failure: { code: 'PRICE_CHANGED', detail: first.message },
      });
      expect(await checkout.seatItems()).toEqual([]);
    },
  );

  test('is compared with the event of this moment before it is refused', async () => {
    await checkout.pending(['A-1']);
    await checkout.replaceLayout({ ...LAYOUT, tiers: [{ tier: 'premium', price: 9000 }, LAYOUT.tiers[1]!] });
    const expectedTotal = { amount: 9000, currency: 'EUR' };

    const { amount } = await checkout.reserve(checkout.order(['A-2'], { expectedTotal }));

    expect(amount).toBe(9000);
  });

  test('makes another body: a key that comes with another total was used before', async () => {
    const order = await checkout.pending(['A-1'], { expectedTotal: SHOWN });
    const { expectedTotal: _, ...request } = order.request;

    const error = await errorOf(checkout.reserve({ ...order, request }));

    expect(error.name).toBe('IdempotencyKeyReused');
  });
});

describe('the hours of sale', () => {
  const at = (seconds: number) => new Date((checkout.clock.nowSeconds() + seconds) * 1000).toISOString();
  const berlin = (time: string) =>
    new Date(time).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });

  test('before them and after them nothing is held, and the refusal says which and when', async () => {
    const [saleOpensAt, saleClosesAt] = [at(60), at(120)];
    await checkout.replaceLayout({ ...LAYOUT, saleOpensAt, saleClosesAt });
    const buy = () => errorOf(checkout.reserve(checkout.order(['A-1'])));

    checkout.clock.advance(58);
    const early = await buy();
    checkout.clock.advance(2);
    const held = await checkout.reserve(checkout.order(['A-1']));
    checkout.clock.advance(60);
    const late = await buy();

    expect(early.name).toBe('SaleClosed');
    expect(early.message).toMatch(/^The sale has not begun: it opens on \w{3}, .* CES?T\.$/);
    expect(early.message).toContain(berlin(saleOpensAt));
    expect(held.seatIds).toEqual(['A-1']);
    expect(late.name).toBe('SaleClosed');
    expect(late.message).toMatch(/^The sale is over: it closed on /);
    expect(late.message).toContain(berlin(saleClosesAt));
  });

  test('are those of this moment, not of the layout that was read a moment ago', async () => {
    await checkout.replaceLayout({ ...LAYOUT, saleClosesAt: at(-60) });
    await errorOf(checkout.reserve(checkout.order(['A-1'])));
    await checkout.replaceLayout(LAYOUT);

    await checkout.reserve(checkout.order(['A-1']));

    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });

  test('end no purchase that holds its seats: its execution gets its answer again', async () => {
    const order = checkout.order(['A-1']);
    const first = await checkout.reserve(order);
    await checkout.replaceLayout({ ...LAYOUT, saleClosesAt: at(1) });
    checkout.clock.advance(LAYOUT_SECONDS);

    expect(await checkout.reserve(order)).toEqual(first);
  });

  test('come before the seats: what is no seat is not told while nothing is sold', async () => {
    await checkout.replaceLayout({ ...LAYOUT, saleClosesAt: at(-60) });

    const error = await errorOf(checkout.reserve(checkout.order(['Z-1'])));

    expect(error.name).toBe('SaleClosed');
  });
});

describe('free tickets', () => {
  const A = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6', 'A-7', 'A-8'];
  const B = ['B-1', 'B-2', 'B-3', 'B-4', 'B-5', 'B-6', 'B-7', 'B-8'];
  beforeEach(async () => {
    const tiers = LAYOUT.tiers.map((tier) => ({ ...tier, price: 0 }));
    await checkout.replaceLayout({ ...LAYOUT, tiers });
  });

  test('are bounded for an address: beyond it nothing is held, and nothing is recorded', async () => {
    await checkout.reserve(checkout.order(A));
    await checkout.reserve(checkout.order(B));
    const order = checkout.order(['C-1']);

    const error = await errorOf(checkout.reserve(order));

    expect(error.name).toBe('TooManyUnpaidSeats');
    expect(await checkout.purchases.find(order.purchaseId)).toBeUndefined();
    expect(await checkout.seatStates()).not.toContain('C-1 HELD');
  });

  test('count for ten minutes, and then the same purchase is made', async () => {
    await checkout.reserve(checkout.order(A));
    await checkout.reserve(checkout.order(B));
    const order = checkout.order(['C-1']);
    checkout.clock.advance(HOLD_SECONDS - 1);
    const before = await errorOf(checkout.reserve(order));
    checkout.clock.advance(1);

    await checkout.reserve(order);

    expect(before.name).toBe('TooManyUnpaidSeats');
    expect(await checkout.seatStates()).toContain('C-1 HELD');
  });

  test('of another address are counted for themselves', async () => {
    await checkout.reserve(checkout.order(A));
    await checkout.reserve(checkout.order(B));

    await checkout.reserve({ ...checkout.order(['C-1']), viewer: '2001:db8::1' });

    expect(await checkout.seatStates()).toContain('C-1 HELD');
  });

  test('that are taken are told before the bound: it comes last', async () => {
    await checkout.reserve(checkout.order(A));
    await checkout.reserve(checkout.order(B));

    const error = await errorOf(checkout.reserve(checkout.order(['A-1', 'C-1'])));

    expect(error).toMatchObject({ name: 'SeatUnavailable', message: 'No longer available: A-1.' });
  });

  test('are counted once by a step that runs twice, its first answer lost', async () => {
    const order = checkout.order(A);
    await checkout.reserve(order);

    await checkout.reserve(order);

    await checkout.reserve(checkout.order(B));
    expect(await checkout.seatItems()).toHaveLength(16);
  });

  test('are not counted where there is a price beside them', async () => {
    await checkout.replaceLayout({ ...LAYOUT, tiers: [{ tier: 'premium', price: 0 }, LAYOUT.tiers[1]!] });
    await checkout.reserve(checkout.order(A));
    await checkout.reserve(checkout.order(['A-9', ...B.slice(1)]));

    await checkout.reserve(checkout.order(['A-10', 'A-11']));

    expect(await checkout.seatItems()).toHaveLength(18);
  });
});

describe('a purchase without a payment method', () => {
  const unpaid = (seats: string[]) => checkout.order(seats, { paymentMethod: undefined });

  test('holds seats that cost nothing', async () => {
    await checkout.replaceLayout({ ...LAYOUT, tiers: [{ tier: 'premium', price: 0 }, LAYOUT.tiers[1]!] });

    const reservation = await checkout.reserve(unpaid(['A-1', 'A-2']));

    expect(reservation).toMatchObject({ amount: 0, paymentMethod: null });
    expect(await checkout.seatStates()).toEqual(['A-1 HELD', 'A-2 HELD']);
  });

  test('of seats that have a price is refused and recorded, and nothing is held', async () => {
    const order = unpaid(['A-1']);

    const error = await errorOf(checkout.reserve(order));

    expect(error).toMatchObject({
      name: 'ValidationFailed',
      message: 'paymentMethod is missing: the seats cost 120.00 EUR.',
    });
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'VALIDATION', detail: error.message },
    });
    expect(await checkout.seatItems()).toEqual([]);
  });
});

test('what several things are wrong with is refused for the first of them', async () => {
  await checkout.pending(['A-1']);
  const wrong = {
    eventId: 'no-such-event',
    seats: ['A-1', 'Z-1'],
    paymentMethod: undefined,
    expectedTotal: { amount: 1, currency: 'EUR' },
  };
  const mended = [
    {},
    { eventId: checkout.eventId },
    { seats: ['A-1'] },
    { expectedTotal: undefined },
    { paymentMethod: 'pm_1' },
    { seats: ['A-2'] },
  ];

  const refusals: string[] = [];
  for (const [step] of mended.entries()) {
    const order = checkout.order([], Object.assign({}, wrong, ...mended.slice(0, step + 1)) as object);
    refusals.push(
      await checkout.reserve(order).then(
        () => 'held',
        (error: Error) => error.name,
      ),
    );
  }

  expect(refusals).toEqual([
    ...['EventNotFound', 'SeatNotFound', 'PriceChanged', 'ValidationFailed', 'SeatUnavailable', 'held'],
  ]);
});

test.each([
  [
    'less than can be charged',
    { currency: 'CZK' },
    100,
    'seats: their price together is less than can be charged: at least 15.00 CZK.',
  ],
  [
    'more than can be charged',
    {},
    60_000_000,
    'seats: their price together is more than can be charged: at most 999999.99 EUR.',
  ],
  [
    'of a currency that was taken once',
    { currency: 'HRK' },
    5_000,
    'seats: their price together is in HRK, which nobody can pay in.',
  ],
])('a total that is %s is refused, although the event was put', async (_, layout, price, message) => {
  await checkout.replaceLayout({
    ...LAYOUT,
    ...layout,
    tiers: [{ tier: 'premium', price }, LAYOUT.tiers[1]!],
  });

  const error = await errorOf(checkout.reserve(checkout.order(price > 1e6 ? ['A-1', 'A-2'] : ['A-1'])));

  expect(error).toMatchObject({ name: 'ValidationFailed', message });
  expect(await checkout.seatItems()).toEqual([]);
});

describe('the same key again', () => {
  test('a retry by the same execution gets the same reservation, and the hold is made once', async () => {
    const order = checkout.order(['A-1', 'A-2']);
    const first = await checkout.reserve(order);
    const held = await checkout.seatItems();

    checkout.clock.advance(3);
    const second = await checkout.reserve(order);

    expect(second).toEqual(first);
    expect(await checkout.seatItems()).toEqual(held);
  });

  test.each([
    ['its price changed', { tiers: LAYOUT.tiers.map((tier) => ({ ...tier, price: tier.price + 5000 })) }],
    ['the seat was taken off the map', { sections: LAYOUT.sections.slice(1) }],
  ])(
    'a retry after %s is no refusal, because seats are held: the saga must release them',
    async (_, changed) => {
      const order = checkout.order(['A-1']);
      await checkout.reserve(order);
      await checkout.replaceLayout({ ...LAYOUT, ...changed });
      checkout.clock.advance(LAYOUT_SECONDS);

      const error = await errorOf(checkout.reserve(order));

      expect(error.name).toBe('SeatMapReplaced');
    },
  );

  test('another execution with the same body, while the first still runs: PurchaseInProgress', async () => {
    const order = await checkout.pending(['A-1']);

    const error = await errorOf(checkout.reserve({ ...order, executionId: 'another' }));

    expect(error.name).toBe('PurchaseInProgress');
  });

  test.each([
    ['paid', (order: Order) => checkout.purchases.recordPaid(order.purchaseId)],
    ['being undone', (order: Order) => checkout.claim(order)],
  ])('a purchase that is %s is in progress, for its own execution too', async (_, bring) => {
    const order = await checkout.pending(['A-1']);
    await checkout.purchases.recordPaymentIntent(order.purchaseId, 'pi_1');
    await bring(order);

    const error = await errorOf(checkout.reserve(order));

    expect(error.name).toBe('PurchaseInProgress');
  });

  test('after the sale, the answer is repeated and nothing is held', async () => {
    const order = await checkout.confirmed(['A-1']);
    const seatItems = await checkout.seatItems();

    const error = await errorOf(checkout.reserve({ ...order, executionId: 'another' }));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    // Without the id, because the runtime logs the message.
    expect(JSON.parse(error.message)).toEqual({
      reference: referenceOf(order.purchaseId),
      status: 'CONFIRMED',
      eventId: checkout.eventId,
      seats: ['A-1'],
      amount: 12000,
      currency: 'EUR',
    });
    expect(await checkout.seatItems()).toEqual(seatItems);
  });

  test('after a failure, the failure is repeated even when the seat is free by now', async () => {
    const rival = await checkout.pending(['A-1']);
    const order = checkout.order(['A-1']);
    await errorOf(checkout.reserve(order));
    await checkout.seats.release(checkout.eventId, checkout.seat('A-1'), rival.purchaseId);

    const error = await errorOf(checkout.reserve(order));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(error.message)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'SEAT_UNAVAILABLE', detail: 'No longer available: A-1.' },
    });
    expect(await checkout.seatItems()).toEqual([]);
  });

  test.each([
    ['other seats', { seats: ['A-2'] }],
    ['another card', { paymentMethod: 'pm_card_mastercard' }],
    ['another buyer', { buyer: { name: 'Ada Lovelace', email: 'other@example.com' } }],
    ['an event that does not exist', { eventId: 'no-such-event' }],
  ])('with %s: IdempotencyKeyReused, and nothing changes', async (_, change) => {
    const order = await checkout.pending(['A-1']);
    const before = await checkout.purchases.find(order.purchaseId);

    const error = await errorOf(
      checkout.reserve({ ...order, executionId: 'another', request: { ...order.request, ...change } }),
    );

    expect(error.name).toBe('IdempotencyKeyReused');
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });

  test('the order of the fields does not make another body', async () => {
    const order = await checkout.confirmed(['A-1']);
    const turned = Object.fromEntries(Object.entries(order.request).reverse()) as Order['request'];

    const error = await errorOf(checkout.reserve({ ...order, request: turned }));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
  });
});

describe('as the Lambda', () => {
  test('it holds the seats in the table its environment names', async () => {
    const order = checkout.order(['B-7']);

    const reservation = await handler({ ...order, requestId: 'r-1' }, CONTEXT);

    expect(reservation).toMatchObject({ seatIds: ['B-7'], amount: 8000 });
    expect(await checkout.seatStates()).toEqual(['B-7 HELD']);
    expect(purchaseAnswer((await checkout.purchases.find(order.purchaseId))!).status).toBe('PENDING');
  });

  test.each([
    ['no seat', { seats: [] }, 'seats is too short'],
    ['nine seats', { seats: Array.from({ length: 9 }, (_, n) => `A-${n + 1}`) }, 'seats is too long'],
    ['a seat twice', { seats: ['A-1', 'A-1'] }, 'seats: the same seat is chosen twice'],
    ['a price of its own', { amount: 1 }, 'request has fields that are not known'],
    ['a card number', { paymentMethod: '4242424242424242' }, 'paymentMethod is not valid'],
    ['no address', { buyer: { name: 'Ada' } }, 'buyer.email must be string'],
  ])('a request with %s is refused before anything is written', async (_, change, message) => {
    const order = checkout.order(['A-1']);

    const error = await errorOf(handler({ ...order, request: { ...order.request, ...change } }, CONTEXT));

    expect(error).toMatchObject({ name: 'ValidationFailed', message: expect.stringContaining(message) });
    expect(await checkout.purchases.find(order.purchaseId)).toBeUndefined();
    expect(await checkout.seatItems()).toEqual([]);
  });
});

describe('the layout', () => {
  const balcony = { section: 'Balcony', rows: [{ row: 'D', tier: 'standard', seats: 4 }] };

  test('is read once for the purchases of a few seconds, and then again', async () => {
    const read = jest.spyOn(checkout.events, 'findLayout');

    await checkout.pending(['A-1']);
    checkout.clock.advance(LAYOUT_SECONDS - 1);
    await checkout.pending(['A-2']);
    const within = read.mock.calls.length;
    checkout.clock.advance(1);
    await checkout.pending(['A-3']);

    expect([within, read.mock.calls.length]).toEqual([1, 2]);
  });

  test('is read anew before a seat that it lacks is refused', async () => {
    await checkout.pending(['A-1']);
    await checkout.replaceLayout({ ...LAYOUT, sections: [LAYOUT.sections[0]!, balcony] });

    await checkout.pending(['D-1']);

    expect(await checkout.seatStates()).toEqual(['A-1 HELD', 'D-1 HELD']);
  });

  test('of many events is not kept for ever', async () => {
    const others = await Promise.all(Array.from({ length: 25 }, () => Checkout.open(tables)));
    const read = jest.spyOn(checkout.events, 'findLayout');

    for (const { eventId } of others) await checkout.layouts.read(eventId);
    await checkout.layouts.read(checkout.eventId);

    expect(read).toHaveBeenCalledTimes(26);
    expect(checkout.layouts.recent(others[0]!.eventId)).toBeUndefined();
    expect(checkout.layouts.recent(checkout.eventId)).toEqual(LAYOUT);
  });
});
