import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';

const DAY = 86_400;

const eventpro = useLocalRun();

test('the key of a refused purchase gets the same answer for 40 days, and is then forgotten', async () => {
  const refused = await eventpro.buy({ seats: ['A-99'] });
  const again = () => eventpro.buy({ key: refused.purchaseId, seats: ['A-99'] });

  await eventpro.advanceClock(40 * DAY - 60);
  const answer = await again();
  await eventpro.advanceClock(120);

  expect(refused.status).toBe(404);
  expect([answer.status, answer.body]).toEqual([refused.status, refused.body]);
  await eventually(
    async () => (await recordsOf(refused.purchaseId)).length === 0 || undefined,
    'an end of the record',
  );
});

test('what held a seat stays, bought or declined', async () => {
  const orders = [
    await eventpro.buy({ seats: ['A-1'] }),
    await eventpro.buy({ seats: ['A-2'], paymentMethod: 'pm_card_chargeDeclined' }),
  ];
  // Swept in the same round as what is to stay.
  const refused = await eventpro.buy({ seats: ['A-99'] });

  await eventpro.advanceClock(41 * DAY);
  await eventually(
    async () => (await recordsOf(refused.purchaseId)).length === 0 || undefined,
    'an end of the record',
  );

  const statuses = await Promise.all(orders.map(async ({ purchaseId }) => eventpro.purchase(purchaseId)));
  expect(statuses.map(({ status }) => status)).toEqual(['CONFIRMED', 'FAILED']);
});

async function recordsOf(purchaseId: string): Promise<unknown[]> {
  const path = `/local/records?mentions=${purchaseId}`;
  const { body } = await eventpro.request<{ items: unknown[] }>('GET', path);
  return body.items;
}
