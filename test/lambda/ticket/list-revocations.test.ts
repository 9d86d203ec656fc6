import { MAX_REVOCATIONS, listRevocations, handler } from '../../../lambda/ticket/list-revocations';
import { connectEvent } from '../../../lambda/event/connect-event';
import { timeText } from '../../../lambda/shared/clock';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();
let checkout: Checkout;
beforeEach(async () => (checkout = await Checkout.open(tables)));

/** Cancels a sale of each seat, ten minutes apart. */
async function cancelled(seatIds: string[]): Promise<string[]> {
  const references: string[] = [];
  for (const seatId of seatIds) {
    const order = await checkout.confirmed([seatId]);
    await checkout.cancelling(order);
    references.push(referenceOf(order.purchaseId));
    checkout.clock.advance(600);
  }
  return references;
}

const list = (query: Parameters<typeof listRevocations>[1] = {}, eventId = checkout.eventId) =>
  listRevocations(eventId, query, { ...connectEvent(tables.client), clock: checkout.clock });
const referencesIn = ({ revocations }: Awaited<ReturnType<typeof list>>) =>
  revocations.map(({ reference }) => reference);

test('names those that are being cancelled, the oldest first, and none that stands', async () => {
  await checkout.confirmed(['B-1']);
  const began = checkout.clock.nowSeconds();
  const [first, second] = await cancelled(['A-1', 'A-2']);

  expect(await list()).toEqual({
    eventId: checkout.eventId,
    asOf: timeText(began + 1_200),
    revocations: [
      { reference: first, revokedAt: timeText(began) },
      { reference: second, revokedAt: timeText(began + 600) },
    ],
  });
});

test('has nothing that opens a purchase, not in its cursor either', async () => {
  const order = await checkout.confirmed(['A-1']);
  await checkout.cancelling(order);
  await cancelled(['A-2']);

  const { nextCursor, ...page } = await list({ limit: '1' });

  expect(nextCursor).toBeDefined();
  expect(JSON.stringify({ nextCursor, page })).not.toContain(order.purchaseId);
});

test('goes on page by page, and gives each once', async () => {
  const references = await cancelled(['A-1', 'A-2', 'A-3', 'A-4', 'A-5']);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: '2', ...(cursor && { cursor }) });
    seen.push(...referencesIn(page));
    cursor = page.nextCursor;
  } while (cursor);

  expect(seen).toEqual(references);
});

test('goes on from its cursor whatever since says', async () => {
  const references = await cancelled(['A-1', 'A-2']);
  const { nextCursor } = await list({ limit: '1' });

  const page = await list({ cursor: nextCursor!, since: timeText(checkout.clock.nowSeconds()) });

  expect(referencesIn(page)).toEqual([references[1]]);
});

test('since an answer before, names what came after, and what was written late', async () => {
  const [, second, third] = await cancelled(['A-1', 'A-2', 'A-3']);
  const now = checkout.clock.nowSeconds();

  expect(referencesIn(await list({ since: timeText(now - 1_200 + 59) }))).toEqual([second, third]);
  expect(referencesIn(await list({ since: timeText(now - 1_200 + 61) }))).toEqual([third]);
  expect(referencesIn(await list({ since: '1900-01-01T00:00:00Z' }))).toHaveLength(3);
});

test.each(['gala', 'Demo!', ''])(
  'there is no list for %p, which is no event: a gate has misspelt it',
  async (id) => {
    await expect(list({}, id)).rejects.toMatchObject({ name: 'EventNotFound' });
  },
);

test.each([
  ['since', 'yesterday'],
  ['since', '2026-11-30'],
  ['limit', '0'],
  ['limit', String(MAX_REVOCATIONS + 1)],
  ['limit', 'all'],
  ['cursor', 'x'],
])('%s=%s is a 400', async (name, value) => {
  process.env[ENVIRONMENT.seatTable] = tables.seatTable;

  const answer = answerOf(
    await handler(
      apiRequest({
        pathParameters: { eventId: checkout.eventId },
        queryStringParameters: { [name]: value },
      }),
      CONTEXT,
    ),
  );

  expect(answer).toMatchObject({ statusCode: 400, body: { code: 'VALIDATION' } });
  expect((answer.body as { detail: string }).detail).toMatch(new RegExp(`^${name} `));
});
