import { cloudAssembly } from '../support/cloud-assembly';
import { purchaseHash } from '../../lambda/shared/reference';
import { eventually } from '../../harness/eventpro-client';
import { type Harness, startHarness } from '../../faults/harness';
import { SQS } from '../../local/sqs/plugin';

/** What the matrix runs too, looked at more closely. Its tests share a local run. */
let harness: Harness;
beforeAll(async () => (harness = await startHarness({ assemblyDirectory: await cloudAssembly() })));
afterAll(() => harness?.close());

test('a table that never answers is given up after two seconds and asked again, long before the function is given up', async () => {
  const { purchaseId } = await harness.buy({
    faults: [{ effect: 'lease delivery', mode: 'silence', times: 1 }],
  });

  // Within ten seconds: the channel's function may run for thirty.
  await harness.client.emailAbout(purchaseId);

  expect(harness.hitsOf(purchaseId)).toEqual(new Set(['lease delivery']));
});

test('a single write that meets a transaction on its item is made again: the sale is made', async () => {
  const { purchaseId } = await harness.buy({
    faults: [
      { effect: 'store intent', mode: 'conflict', times: 2 },
      { effect: 'mark paid', mode: 'conflict', times: 2 },
    ],
  });

  expect(harness.hitsOf(purchaseId)).toEqual(new Set(['store intent', 'mark paid']));
  expect((await harness.client.purchase(purchaseId)).status).toBe('CONFIRMED');
});

test('an e-mail that is refused because others are sent at the same time is sent by the same receive', async () => {
  const { purchaseId } = await harness.buy({
    faults: [{ effect: 'send e-mail', mode: 'throttled', times: 2 }],
  });
  const [message] = await eventually(async () => {
    const messages = await harness.client.emailsAbout(purchaseId);
    return messages.length > 0 ? messages : undefined;
  }, 'an e-mail');

  expect(message).toBeDefined();
  expect(harness.hitsOf(purchaseId)).toEqual(new Set(['send e-mail']));
});

test('an e-mail that was refused five times is not sent by recovery: its message waits for a redrive, and is then sent once', async () => {
  const { purchaseId } = await harness.buy({ faults: [{ effect: 'send e-mail', mode: 'throttled' }] });
  const queue = (id: string) =>
    harness.run.cloud
      .get(SQS)
      .list()
      .find(({ name }) => name.includes(`-${id}`))!;
  const email = queue('EmailChannelQueue');
  await eventually(async () => {
    harness.run.clock.advance(email.attributes.visibilityTimeout + 1);
    return queue('EmailChannelDeadLetterQueue').counts().visible || undefined;
  }, 'a dead letter');
  await harness.settle();

  const before = await harness.violations();
  const redriven = await harness.redrive();
  const after = await harness.violations();

  expect(before).toEqual([expect.stringContaining('it is CONFIRMED and no e-mail says so')]);
  expect(redriven).toBe(1);
  expect(after).toEqual([]);
  expect(await harness.client.emailsAbout(purchaseId)).toHaveLength(1);
});

// Last, because its money stays where no invariant wants it.
test('a refund that the bank sends back is made again by the audits, and after the third time people are told', async () => {
  const { purchaseId } = await harness.buy({
    paymentMethod: 'pm_card_refundFail',
    faults: [{ effect: 'store ticket', mode: 'cut' }],
  });

  for (let turn = 0; turn < 3; turn++) await harness.settle();

  const [payment] = await harness.client.payments(purchaseId);
  const escalations = harness.run.cloud
    .get(SQS)
    .list()
    .find(({ name }) => name.includes('Escalations'))!;
  const [escalated] = await escalations.receive();
  expect((await harness.client.purchase(purchaseId)).status).toBe('FAILED');
  expect(payment!.refunds.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(JSON.parse(escalated!.body)).toEqual({
    compensation: 'RefundPayment',
    ...{
      purchaseHash: purchaseHash(purchaseId),
      paymentIntentId: payment!.paymentIntentId,
      error: 'RefundFailed',
    },
  });
  expect(payment!.captured - payment!.refunded).toBe(payment!.amount);
});
