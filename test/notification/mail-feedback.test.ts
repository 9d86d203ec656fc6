import { eventually } from '../../harness/eventpro-client';
import { useFaultRun } from '../support/fault-run';

const shop = useFaultRun();

/** What the purchase says of its e-mail after SES had taken it. */
async function mailEventsOf(purchaseId: string): Promise<Record<string, unknown>> {
  const purchase = (await shop.stores.snapshot()).purchases.get(purchaseId)!;
  return Object.fromEntries(Object.entries(purchase).filter(([name]) => name.startsWith('mail_')));
}

test.each([
  ['bounce', { mail_bounced: { reason: 'Permanent/General', at: expect.any(Number) } }, 0],
  ['suppressionlist', { mail_bounced: { reason: 'Permanent/Suppressed', at: expect.any(Number) } }, 0],
  ['complaint', { mail_complained: { reason: 'abuse', at: expect.any(Number) } }, 1],
  ['ooto', { mail_undelivered: { reason: 'Transient/General', at: expect.any(Number) } }, 1],
])(
  'an e-mail to %s@simulator.amazonses.com: the purchase says so, and its buyer is not told',
  async (mailbox, events, delivered) => {
    const email = `${mailbox}@simulator.amazonses.com`;

    const { status, purchaseId } = await shop.run.eventpro.buy({
      seats: ['A-1'],
      buyer: { name: 'Ann Lee', email },
    });
    const noted = await eventually(async () => {
      const found = await mailEventsOf(purchaseId);
      return Object.keys(found).length > 0 ? found : undefined;
    }, 'a note on the purchase');

    expect(status).toBe(201);
    expect(noted).toEqual(events);
    expect(await shop.run.eventpro.emailsAbout(purchaseId)).toHaveLength(delivered);
    expect(JSON.stringify(await shop.run.eventpro.purchase(purchaseId))).not.toMatch(/mail/);
    expect(shop.run.queue('MailFeedbackQueue').counts()).toMatchObject({ visible: 0 });
    expect(shop.run.queue('MailFeedbackDeadLetterQueue').counts()).toMatchObject({ visible: 0 });
  },
);

test('an e-mail that arrives leaves no note, and no message for anybody', async () => {
  const { purchaseId } = await shop.run.eventpro.buy({ seats: ['A-1'] });

  await shop.run.eventpro.emailAbout(purchaseId);

  expect(await mailEventsOf(purchaseId)).toEqual({});
  expect(shop.run.queue('MailFeedbackQueue').counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});
