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

test('what is sold stays, and what was declined goes after 40 days, too', async () => {
  const sold = await eventpro.buy({ seats: ['A-1'] });
  const declined = await eventpro.buy({ seats: ['A-2'], paymentMethod: 'pm_card_chargeDeclined' });
  const refused = await eventpro.buy({ seats: ['A-99'] });

  await eventpro.advanceClock(41 * DAY);
  for (const { purchaseId } of [declined, refused])
    await eventually(
      async () => (await recordsOf(purchaseId)).length === 0 || undefined,
      'an end of the record',
    );

  // It would have been swept in the same round.
  expect((await eventpro.purchase(sold.purchaseId)).status).toBe('CONFIRMED');
});
async function recordsOf(purchaseId: string): Promise<unknown[]> {
  const path = `/local/records?mentions=${purchaseId}`;
  const { body } = await eventpro.request<{ items: unknown[] }>('GET', path);
  return body.items;
}
