import { randomUUID } from 'node:crypto';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

const HALL = {
  ...demoEvent,
  name: 'Matinée',
  tiers: [{ tier: 'any', price: 5_000 }],
  sections: [{ section: 'Floor', rows: [{ row: 'A', tier: 'any', seats: 6 }] }],
};

describe('seats that cost nothing', () => {
  test('are bought without a payment method, and Stripe never hears of it', async () => {
    await eventpro.putEvent('free', { ...HALL, tiers: [{ tier: 'any', price: 0 }] });
    const order = { key: randomUUID(), eventId: 'free', seats: ['A-1', 'A-2'], paymentMethod: undefined };

    const bought = await eventpro.buy(order);
    const again = await eventpro.buy(order);

    expect(bought.status).toBe(201);
    expect(bought.body).toMatchObject({ status: 'CONFIRMED', amount: 0, currency: 'EUR' });
    expect(again.text).toBe(bought.text);
    expect(await eventpro.payments()).toEqual([]);
    expect((await eventpro.ticket(bought.purchaseId)).status).toBe(302);
    const email = await eventpro.emailAbout(bought.purchaseId);
    expect(email.text).toContain('Price: free');
  });

  test('are given back when the ticket cannot be made, and nothing is refunded', async () => {
    await eventpro.putEvent('gratis', { ...HALL, tiers: [{ tier: 'any', price: 0 }] });
    await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });

    const answer = await eventpro.buy({ eventId: 'gratis', seats: ['A-1'], paymentMethod: undefined });

    expectProblem(answer, { status: 503, code: 'TICKET_FAILED', purchaseId: answer.purchaseId });
    expect((await eventpro.seats('gratis')).map(({ status }) => status)).toEqual(Array(6).fill('AVAILABLE'));
    expect(await eventpro.payments()).toEqual([]);
  });
});

test('seats that have a price are not sold without a payment method, and the key keeps that answer', async () => {
  const order = { key: randomUUID(), seats: ['A-1'], paymentMethod: undefined };

  const refused = await eventpro.buy(order);
  const again = await eventpro.buy(order);

  expectProblem(refused, { status: 400, code: 'VALIDATION', purchaseId: order.key });
  expect(refused.body).toMatchObject({ detail: 'paymentMethod is missing: the seats cost 120.00 EUR.' });
  expect(again.text).toBe(refused.text);
  expect(await eventpro.seatStatus('A-1')).toBe('AVAILABLE');
});

describe('a price that changes while the buyer looks', () => {
  const shown = { amount: 10_000, currency: 'EUR' };

  test('is told with the present one, holds nothing, and is the answer of this key', async () => {
    await eventpro.putEvent('matinee', HALL);
    await eventpro.putEvent('matinee', { ...HALL, tiers: [{ tier: 'any', price: 99_900 }] });
    const order = { key: randomUUID(), eventId: 'matinee', seats: ['A-1', 'A-2'], expectedTotal: shown };

    const refused = await eventpro.buy(order);
    const again = await eventpro.buy(order);
    const agreed = await eventpro.buy({
      ...{ ...order, key: randomUUID() },
      expectedTotal: { amount: 199_800, currency: 'EUR' },
    });

    expectProblem(refused, { status: 409, code: 'PRICE_CHANGED', purchaseId: order.key });
    expect(refused.body).toMatchObject({
      ...{ amount: 199_800, currency: 'EUR' },
      detail: 'The seats cost 1998.00 EUR now, not 100.00 EUR. Nothing was charged and no seat is held.',
    });
    expect(again.text).toBe(refused.text);
    expect(await eventpro.purchase(order.key)).toMatchObject({
      ...{ status: 'FAILED', amount: 199_800, currency: 'EUR' },
      failure: { code: 'PRICE_CHANGED' },
    });
    expect(agreed.status).toBe(201);
    expect(await eventpro.payments()).toMatchObject([{ captured: 199_800 }]);
  });

  test('is no matter to who agrees to the price of now', async () => {
    await eventpro.putEvent('soiree', HALL);

    const answer = await eventpro.buy({ eventId: 'soiree', seats: ['A-1', 'A-2'], expectedTotal: shown });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject(shown);
  });
});

test.each([
  ['JPY', 5_000, 'JP¥5,000'],
  ['KRW', 50_000, 'KRW\u00a050,000'],
  ['HUF', 990_000, 'HUF\u00a09,900'],
  ['IDR', 150_000_000, 'IDR\u00a01,500,000'],
])('a ticket is sold in %s', async (currency, price, written) => {
  const eventId = `in-${currency.toLowerCase()}`;
  await eventpro.putEvent(eventId, { ...HALL, currency, tiers: [{ tier: 'any', price }] });

  const bought = await eventpro.buy({ eventId, seats: ['A-1'] });

  expect(bought.status).toBe(201);
  expect(bought.body).toMatchObject({ amount: price, currency });
  expect(await eventpro.payments()).toMatchObject([{ captured: price, currency: currency.toLowerCase() }]);
  expect((await eventpro.emailAbout(bought.purchaseId)).text).toContain(`Paid: ${written}`);
});
