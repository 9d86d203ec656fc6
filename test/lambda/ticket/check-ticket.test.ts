import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { handler as checkTicket } from '../../../lambda/ticket/check-ticket';
import { referenceOf } from '../../../lambda/shared/reference';
import { handler as getTicketKeys } from '../../../lambda/ticket/get-ticket-keys';
import { readTicketCode, signTicketCode, type TicketClaims } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, type Order } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const SECRET = 's'.repeat(64);
const secrets = createSecretsManagerService();
const putSecret = (secret: string) => secrets.putSecret('ticket-secret', 'arn:ticket-secret', secret);
putSecret(SECRET);
process.env[ENVIRONMENT.ticketSecret] = 'ticket-secret';

const tables = useTables();
useAwsServices([secrets]);
let checkout: Checkout;
beforeEach(async () => (checkout = await Checkout.open(tables)));
afterEach(() => jest.useRealTimers());

function claimsOf({ purchaseId }: Order, seatId: string, other: Partial<TicketClaims> = {}): TicketClaims {
  return { purchaseId, eventId: checkout.eventId, seatId, iat: checkout.clock.nowSeconds(), ...other };
}

const codeOf = (claims: TicketClaims, secret = SECRET) => signTicketCode(claims, ticketKeyOf(secret));

async function check(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return answerOf(await checkTicket(apiRequest({ body: text }), CONTEXT));
}

describe('POST /ticket-checks', () => {
  test('a ticket of a purchase that stands is valid, for each of its seats', async () => {
    const order = await checkout.confirmed(['A-1', 'A-2']);

    for (const seatId of ['A-1', 'A-2']) {
      const answer = await check({ code: codeOf(claimsOf(order, seatId)) });

      expect(answer).toEqual({
        statusCode: 200,
        contentType: 'application/json',
        body: {
          valid: true,
          purchaseId: order.purchaseId,
          reference: referenceOf(order.purchaseId),
          eventId: checkout.eventId,
          seatId,
          status: 'CONFIRMED',
        },
      });
    }
  });

  test.each([
    ['is still running', () => checkout.paid(['A-1']), 'PURCHASE_NOT_CONFIRMED', 'PAID'],
    ['is being given back', () => compensating(), 'PURCHASE_NOT_CONFIRMED', 'COMPENSATING'],
    ['was given back', () => failed(), 'PURCHASE_NOT_CONFIRMED', 'FAILED'],
    ['is being cancelled', () => cancelling(), 'PURCHASE_CANCELLED', 'CANCELLING'],
    ['is cancelled', () => cancelled(), 'PURCHASE_CANCELLED', 'CANCELLED'],
    ['is not there', async () => checkout.order(['A-1']), 'PURCHASE_NOT_FOUND', undefined],
  ])('a signed ticket of a purchase that %s is not', async (_, bring, reason, status) => {
    const order = await bring();

    const { statusCode, body } = await check({ code: codeOf(claimsOf(order, 'A-1')) });

    expect(statusCode).toBe(200);
    expect(body).toEqual({
      valid: false,
      reason,
      ...{ purchaseId: order.purchaseId, reference: referenceOf(order.purchaseId) },
      ...{ eventId: checkout.eventId, seatId: 'A-1' },
      ...(status && { status }),
    });
  });

  test.each([
    ['a seat', { seatId: 'B-1' }],
    ['an event', { eventId: 'another-event' }],
  ])('a signed ticket for %s that its purchase has not is not', async (_, other) => {
    const order = await checkout.confirmed(['A-1']);

    const { body } = await check({ code: codeOf(claimsOf(order, 'A-1', other)) });

    expect(body).toMatchObject({ valid: false, reason: 'SEAT_NOT_OF_PURCHASE', ...other });
  });

  test('at the gate of its event it is valid, at another it is for another event', async () => {
    const order = await checkout.confirmed(['A-1']);
    const code = codeOf(claimsOf(order, 'A-1'));

    const here = await check({ code, eventId: checkout.eventId });
    const elsewhere = await check({ code, eventId: 'another-event' });

    expect(here.body).toMatchObject({ valid: true, eventId: checkout.eventId });
    expect(elsewhere.body).toEqual({
      ...{
        valid: false,
        reason: 'OTHER_EVENT',
        eventId: checkout.eventId,
        seatId: 'A-1',
        status: 'CONFIRMED',
      },
      ...{ purchaseId: order.purchaseId, reference: referenceOf(order.purchaseId) },
    });
  });

  test.each([
    ['forged', (order: Order) => codeOf(claimsOf(order, 'A-1'), 'x'.repeat(64)), 'UNKNOWN_KEY'],
    [
      'changed',
      (order: Order) => codeOf(claimsOf(order, 'A-1')).replace(/\.(..)/, '.$1A'),
      'SIGNATURE_INVALID',
    ],
    ['not a ticket', () => 'https://example.com/menu', 'NOT_A_TICKET'],
  ])('a code that is %s is not, and nothing it says is repeated', async (_, forge, reason) => {
    const order = await checkout.confirmed(['A-1']);

    const { statusCode, body } = await check({ code: forge(order) });

    expect(statusCode).toBe(200);
    expect(body).toEqual({ valid: false, reason });
  });

  test.each([
    ['no body', ''],
    ['no JSON', 'code'],
    ['null', 'null'],
    ['no code', {}],
    ['an empty code', { code: '' }],
    ['a code that is a number', { code: 7 }],
    ['a code no QR code can hold', { code: 'x'.repeat(2_954) }],
    ['an event that has no such id', { code: 'x', eventId: 'Demo!' }],
    ['another field', { code: 'x', purchaseId: 'y' }],
  ])('a request with %s is a 400', async (_, body) => {
    const answer = await check(body);

    expect(answer).toMatchObject({
      statusCode: 400,
      contentType: 'application/problem+json',
      body: { code: 'VALIDATION' },
    });
  });

  test('a ticket sold after a rotation is valid within seconds, and those sold before stay so', async () => {
    const order = await checkout.confirmed(['A-1', 'A-2']);
    const before = codeOf(claimsOf(order, 'A-1'));
    const after = codeOf(claimsOf(order, 'A-2'), 'r'.repeat(64));
    await check({ code: before });

    putSecret('r'.repeat(64));
    // Time alone: the SDKs need their timers.
    const doNotFake = ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'performance'] as const;
    jest.useFakeTimers({ now: Date.now() + 10_000, doNotFake: [...doNotFake] });

    expect((await check({ code: after })).body).toMatchObject({ valid: true, seatId: 'A-2' });
    expect((await check({ code: before })).body).toMatchObject({ valid: true, seatId: 'A-1' });
    putSecret(SECRET);
  });

  async function compensating(): Promise<Order> {
    const order = await checkout.pending(['A-1']);
    await checkout.claim(order);
    return order;
  }

  async function cancelling(): Promise<Order> {
    const order = await checkout.confirmed(['A-1']);
    await checkout.cancelling(order);
    return order;
  }

  async function cancelled(): Promise<Order> {
    const order = await cancelling();
    await checkout.purchases.settleCancelled(order.purchaseId);
    return order;
  }

  async function failed(): Promise<Order> {
    const order = await compensating();
    await checkout.purchases.settleFailed(order.purchaseId);
    return order;
  }
});

describe('GET /ticket-keys', () => {
  test('is a JWK set that verifies a ticket, may be kept for minutes, and has no private part', async () => {
    const response = await getTicketKeys(apiRequest(), CONTEXT);

    const { keys } = JSON.parse(response.body) as { keys: JsonWebKey[] };
    const jwk = keys.find(({ kid }) => kid === ticketKeyOf(SECRET).kid)!;
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const claims = { purchaseId: 'p', eventId: 'e', seatId: 'A-1', iat: 1 };
    expect(response.headers).toEqual({
      'Content-Type': 'application/jwk-set+json',
      'Cache-Control': 'public, max-age=300',
    });
    expect(readTicketCode(codeOf(claims), new Map([[jwk.kid as string, publicKey]]))).toMatchObject({
      valid: true,
    });
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    }
    expect(response.body).not.toContain(SECRET);
  });
});
