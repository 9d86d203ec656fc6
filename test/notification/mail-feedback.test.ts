import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { Stores } from '../../faults/stores';
import { eventually } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';

let run: FaultRun;
let stores: Stores;
beforeAll(async () => {
  run = await startFaultRun({ assemblyDirectory: await cloudAssembly() });
  stores = new Stores(run);
});
afterAll(async () => {
  stores?.close();
  await run?.close();
});
beforeEach(() => run.eventpro.reset());

/** What the purchase says of its e-mail after SES had taken it. */
async function mailEventsOf(purchaseId: string): Promise<Record<string, unknown>> {
  const purchase = (await stores.snapshot()).purchases.get(purchaseId)!;
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

    const { status, purchaseId } = await run.eventpro.buy({
      seats: ['A-1'],
      buyer: { name: 'Ann Lee', email },
    });
    const noted = await eventually(async () => {
      const found = await mailEventsOf(purchaseId);
      return Object.keys(found).length > 0 ? found : undefined;
    }, 'a note on the purchase');

    expect(status).toBe(201);
    expect(noted).toEqual(events);
    expect(await run.eventpro.emailsAbout(purchaseId)).toHaveLength(delivered);
    expect(JSON.stringify(await run.eventpro.purchase(purchaseId))).not.toMatch(/mail/);
    expect(run.queue('MailFeedbackQueue').counts()).toMatchObject({ visible: 0 });
    expect(run.queue('MailFeedbackDeadLetterQueue').counts()).toMatchObject({ visible: 0 });
  },
);

test('an e-mail that arrives leaves no note, and no message for anybody', async () => {
  const { purchaseId } = await run.eventpro.buy({ seats: ['A-1'] });

  await run.eventpro.emailAbout(purchaseId);

  expect(await mailEventsOf(purchaseId)).toEqual({});
  expect(run.queue('MailFeedbackQueue').counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});
