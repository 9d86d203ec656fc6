import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { type EventProClient, orderBody } from '../../harness/eventpro-client';
import demoEvent from '../../web/demo-event.json';
import { cloudAssembly } from '../support/cloud-assembly';
import { expectDocumented } from '../support/documented-api';
import { useLocalRun } from '../support/local-run';
import { useOwnLocalRun } from '../support/own-local-run';

/** A small hall: five rows of eight, 40 seats. */
const HALL = {
  ...demoEvent,
  tiers: [{ tier: 'any', price: 5_000 }],
  sections: [
    { section: 'Floor', rows: ['A', 'B', 'C', 'D', 'E'].map((row) => ({ row, tier: 'any', seats: 8 })) },
  ],
};
const ROWS = HALL.sections[0]!.rows.map(({ row }) => Array.from({ length: 8 }, (_, n) => `${row}-${n + 1}`));
const ALL = ROWS.flat();

const ASKS = 'pm_card_authenticationRequired';
const HONEST = '127.0.0.2';
const BOT = '127.0.0.9';

interface Told {
  readonly status: number;
  readonly code?: string;
  readonly retryAfter?: string;
  readonly purchaseId: string;
}

/** Every address of 127.0.0.0/8 is this machine, so it can be several people. */
async function buyFrom(
  eventpro: EventProClient,
  localAddress: string,
  { seats, card = ASKS, key = randomUUID() }: { seats: readonly string[]; card?: string; key?: string },
): Promise<Told> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const asked = request(`${eventpro.url}/api/purchases`, { method: 'POST', localAddress, headers });
  asked.end(orderBody({ eventId: 'hall', seats, paymentMethod: card }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const { statusCode: status = 0, headers: answered } = response;
  const text = await textOf(response);
  const body = JSON.parse(text) as { code?: string };
  const sent = new Headers(Object.entries(answered).map(([name, value]) => [name, String(value)]));
  expectDocumented('POST', '/purchases', { status, headers: sent, text, body });
  return { status, code: body.code, retryAfter: answered['retry-after'], purchaseId: key };
}

/** Six bots, each at one of these addresses, that want all rows and let each authentication hang. */
async function sixBots(eventpro: EventProClient, addresses: readonly string[]): Promise<Told[]> {
  const bots = Array.from({ length: 6 }, async (_, bot) => {
    const told: Told[] = [];
    for (let n = 0; n < ROWS.length; n++) {
      const seats = ROWS[(bot + n) % ROWS.length]!;
      told.push(await buyFrom(eventpro, addresses[bot % addresses.length]!, { seats }));
    }
    return told;
  });
  return (await Promise.all(bots)).flat();
}

async function held(eventpro: EventProClient): Promise<number> {
  return (await eventpro.seats('hall')).filter(({ status }) => status === 'HELD').length;
}

/** One try for each seat that is left. */
async function honestBuyer(eventpro: EventProClient): Promise<number> {
  const left = (await eventpro.seats('hall')).find(({ status }) => status === 'AVAILABLE')?.seatId ?? 'A-1';
  return (await buyFrom(eventpro, HONEST, { seats: [left], card: 'pm_card_visa' })).status;
}

const tally = (told: readonly Told[]) =>
  told.reduce<Record<string, number>>((counts, { status, code }) => {
    const name = code ? `${status} ${code}` : String(status);
    return { ...counts, [name]: (counts[name] ?? 0) + 1 };
  }, {});

describe('with the bound', () => {
  const eventpro = useLocalRun();
  beforeEach(async () => {
    await eventpro.reset();
    await eventpro.putEvent('hall', HALL);
  });

  test('six bots at one address hold 16 seats of the small hall, and an honest buyer buys', async () => {
    const told = await sixBots(eventpro, [BOT]);

    expect(tally(told)).toMatchObject({ '202': 2, '429 TOO_MANY_UNPAID_SEATS': expect.any(Number) });
    expect(await held(eventpro)).toBe(16);
    expect(await honestBuyer(eventpro)).toBe(201);
  });

  test('six bots at six addresses still hold it all: each address has its own bound', async () => {
    await sixBots(eventpro, [
      '127.0.0.11',
      '127.0.0.12',
      '127.0.0.13',
      '127.0.0.14',
      '127.0.0.15',
      '127.0.0.16',
    ]);

    expect(await held(eventpro)).toBe(40);
    expect(await honestBuyer(eventpro)).toBe(409);
  });

  test('twenty requests of one address at once never hold more than 16 seats', async () => {
    const told = await Promise.all(ALL.slice(0, 20).map((seat) => buyFrom(eventpro, BOT, { seats: [seat] })));

    expect(tally(told)).toEqual({ '202': 16, '429 TOO_MANY_UNPAID_SEATS': 4 });
    expect(await held(eventpro)).toBe(16);
  });

  test('over the bound the payment is cancelled, the seats are free at once, and the answer stays', async () => {
    await buyFrom(eventpro, BOT, { seats: ROWS[0]! });
    await buyFrom(eventpro, BOT, { seats: ROWS[1]! });

    const told = await buyFrom(eventpro, BOT, { seats: ['C-1'] });
    const again = await buyFrom(eventpro, BOT, { seats: ['C-1'], key: told.purchaseId });

    expect(told).toMatchObject({ status: 429, code: 'TOO_MANY_UNPAID_SEATS', retryAfter: '60' });
    expect(again).toEqual(told);
    expect(await held(eventpro)).toBe(16);
    expect(await eventpro.payments(told.purchaseId)).toMatchObject([{ status: 'canceled', captured: 0 }]);
    expect(await eventpro.purchase(told.purchaseId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'TOO_MANY_UNPAID_SEATS' },
    });
  });

  test('a card that pays at once is never counted', async () => {
    for (const seats of ROWS.slice(0, 4)) {
      expect(await buyFrom(eventpro, BOT, { seats, card: 'pm_card_visa' })).toMatchObject({ status: 201 });
    }
  });

  test('what is paid for, and what is given up, makes room', async () => {
    const paid = await buyFrom(eventpro, BOT, { seats: ROWS[0]! });
    const given = await buyFrom(eventpro, BOT, { seats: ROWS[1]! });
    const body = JSON.stringify({ outcome: 'succeeded' });
    const [payment] = await eventpro.payments(paid.purchaseId);
    await eventpro.request('POST', `/local/payments/${payment!.paymentIntentId}/authentication`, { body });
    const of = ({ purchaseId }: Told, what: string) =>
      eventpro.request('POST', `/api/purchases/${purchaseId}/${what}`, {
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });

    expect((await of(paid, 'authentication')).status).toBe(201);
    expect((await of(given, 'abandonment')).status).toBe(200);

    expect(await buyFrom(eventpro, BOT, { seats: ROWS[2]! })).toMatchObject({ status: 202 });
    expect(await buyFrom(eventpro, BOT, { seats: ROWS[3]! })).toMatchObject({ status: 202 });
    expect(await buyFrom(eventpro, BOT, { seats: ['E-1'] })).toMatchObject({ status: 429 });
  });

  test('free tickets are counted for ten minutes: the same key gets them then', async () => {
    await eventpro.putEvent('hall', { ...HALL, tiers: [{ tier: 'any', price: 0 }] });
    const first = await buyFrom(eventpro, BOT, { seats: ROWS[0]! });
    const second = await buyFrom(eventpro, BOT, { seats: ROWS[1]! });
    const third = await buyFrom(eventpro, BOT, { seats: ROWS[2]! });
    const elsewhere = await buyFrom(eventpro, HONEST, { seats: ROWS[3]! });
    await eventpro.advanceClock(601);

    const again = await buyFrom(eventpro, BOT, { seats: ROWS[2]!, key: third.purchaseId });

    expect([first, second, third, elsewhere].map(({ status }) => status)).toEqual([201, 201, 429, 201]);
    expect(third).toMatchObject({ code: 'TOO_MANY_UNPAID_SEATS', retryAfter: '60' });
    expect(again.status).toBe(201);
  });
});

describe('negative control, without the bound', () => {
  let altered: AlteredAssembly;
  const eventpro = useOwnLocalRun({
    assembly: async () => {
      altered = AlteredAssembly.copyOf(await cloudAssembly());
      altered.changeResource(
        'AWS::Lambda::Function',
        (_, id) => /^ProcessPayment[0-9A-F]{8}$/.test(id),
        ({ Environment }) => {
          (Environment as { Variables: Record<string, string> }).Variables.UNPAID_SEATS = '1000';
        },
      );
      return altered.directory;
    },
  });
  afterAll(() => altered.remove());

  test('six bots at one address hold the whole hall, and an honest buyer gets nothing', async () => {
    await eventpro.putEvent('hall', HALL);

    const told = await sixBots(eventpro, [BOT]);

    expect(tally(told)).toMatchObject({ '202': 5 });
    expect(await held(eventpro)).toBe(40);
    expect(await honestBuyer(eventpro)).toBe(409);
  });
});
