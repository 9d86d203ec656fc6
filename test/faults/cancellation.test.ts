import { SETTLED_WITHIN } from '../../lambda/purchase/purchase';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { eventually } from '../../harness/eventpro-client';
import { settled } from '../../faults/outcome';
import { useFaultRun } from '../support/fault-run';
import { SQS } from '../../local/sqs/plugin';
import { expectProblem } from '../support/problem';
import { codesOf } from '../support/ticket-codes';

const SEATS = ['A-1', 'A-2'];
const BUYER_REQUEST = { reason: 'BUYER_REQUEST' };
const PART = { reason: 'ORGANISER', refund: { amount: 2_000 } };

const shop = useFaultRun();
const eventpro = () => shop.run.eventpro;

async function sold(paymentMethod = 'pm_card_visa'): Promise<{ purchaseId: string; amount: number }> {
  const { purchaseId, body } = await eventpro().buy({ seats: SEATS, paymentMethod });
  return { purchaseId, amount: (body as { amount: number }).amount };
}

/** A cancellation stands in front of a state. */
async function cancelledUpTo(state: string, purchaseId: string, request: object = BUYER_REQUEST) {
  const at = shop.run.breakpoints.before(state, purchaseId, 'cancellation');
  const answer = eventpro().cancel(purchaseId, request);
  await at.reached;
  return { at, answer };
}

const refundedOf = async (purchaseId: string) =>
  (await eventpro().payments(purchaseId)).map(({ refunded }) => refunded);

/** Of the e-mails about the purchase, those that tell of its cancellation. */
async function cancellationEmails(purchaseId: string): Promise<number> {
  const mails = await eventpro().inbox();
  const isIt = (text = '') => text.includes(referenceOf(purchaseId)) && /is cancelled/.test(text);
  return mails.filter(({ channel, text }) => channel === 'email' && isIt(text)).length;
}

describe('against the saga that sells', () => {
  test.each(['ProcessPayment', 'GenerateTicket'])(
    'before %s there is nothing to cancel yet, and the sale goes on',
    async (state) => {
      const purchaseId = crypto.randomUUID();
      const at = shop.run.breakpoints.before(state, purchaseId);
      const bought = eventpro().buy({ key: purchaseId, seats: SEATS });
      await at.reached;

      const cancelled = await eventpro().cancel(purchaseId, BUYER_REQUEST);
      at.resume();

      expectProblem(cancelled, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
      expect((await bought).status).toBe(201);
      expect((await eventpro().purchase(purchaseId)).status).toBe('CONFIRMED');
    },
  );

  test('after the pivot the sale is cancelled, its confirmation is dropped, and the buyer is told of the cancellation', async () => {
    const purchaseId = crypto.randomUUID();
    const at = shop.run.breakpoints.before('SendConfirmation', purchaseId);
    const bought = eventpro().buy({ key: purchaseId, seats: SEATS });
    await at.reached;

    const cancelled = await eventpro().cancel(purchaseId, BUYER_REQUEST);
    at.resume();
    await bought;

    expect(cancelled.status).toBe(200);
    await eventually(async () => (await cancellationEmails(purchaseId)) || undefined, 'the e-mail');
    await shop.run.idle();
    const mails = await eventpro().emailsAbout(purchaseId);
    expect(mails.map(({ subject }) => subject)).toEqual(['Your tickets for The Late Quartet are cancelled']);
    expect(shop.run.queue('EmailChannelQueue').counts()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(shop.run.queue('EmailChannelDeadLetterQueue').counts().visible).toBe(0);
  });
});

test('from the claim on the gate refuses the code, nobody gets the ticket, and the seats are sold until they are released', async () => {
  const { purchaseId } = await sold();
  const [code] = await codesOf(eventpro(), purchaseId);

  const { at, answer } = await cancelledUpTo('RefundPayment', purchaseId);
  const check = await eventpro().signed('POST', '/api/ticket-checks', { code });
  const ticket = await eventpro().ticket(purchaseId);
  const seat = await eventpro().seatStatus(SEATS[0]!);
  at.resume();

  expect(check.body).toMatchObject({ valid: false, reason: 'PURCHASE_CANCELLED', status: 'CANCELLING' });
  expectProblem(ticket, { status: 410, code: 'PURCHASE_CANCELLED', purchaseId });
  expect(seat).toBe('SOLD');
  expect((await answer).status).toBe(200);
  expect(await eventpro().seatStatus(SEATS[0]!)).toBe('AVAILABLE');
});

describe('against recovery', () => {
  const STATES = ['RefundPayment', 'ReleaseSeat', 'SendCancellation', 'PurchaseCancelled'];

  test.each(STATES)(
    'a cancellation in front of %s that is not due yet is left to its execution',
    async (state) => {
      const { purchaseId } = await sold();
      const { at, answer } = await cancelledUpTo(state, purchaseId);

      const recovery = await shop.run.recover(purchaseId).finished;
      at.resume();

      expect(recovery.events.map(({ state: entered }) => entered)).toContain('NothingDue');
      expect((await answer).status).toBe(200);
    },
  );

  test.each(STATES)(
    'both at work on one that stands in front of %s refund once and tell the buyer once',
    async (state) => {
      const { purchaseId } = await sold();
      const { at, answer } = await cancelledUpTo(state, purchaseId, PART);

      shop.run.clock.advance(SETTLED_WITHIN + 1);
      await shop.run.invoke('Reconcile');
      await settled(shop.run);
      at.resume();

      expect((await answer).body).toMatchObject({
        status: 'CANCELLED',
        cancellation: { refund: { amount: 2_000, status: 'SUCCEEDED' } },
      });
      expect(await refundedOf(purchaseId)).toEqual([2_000]);
      await eventually(async () => (await cancellationEmails(purchaseId)) || undefined, 'the e-mail');
      await shop.run.idle();
      expect(await cancellationEmails(purchaseId)).toBe(1);
    },
  );
});

test('a failure of its own that Stripe keeps under the key of a part does not keep the money for a day', async () => {
  const { purchaseId } = await sold();
  shop.run.stripe.faults.set({ operation: 'refunds.create', mode: 'fail-before', status: 500, times: 1 });

  const { status } = await eventpro().cancel(purchaseId, PART);

  expect(status).toBe(200);
  expect(await refundedOf(purchaseId)).toEqual([2_000]);
});

test('a refund that the bank sends back is made again by the audits, and after the third time people are told', async () => {
  const { purchaseId, amount } = await sold('pm_card_refundFail');
  await eventpro().cancel(purchaseId, BUYER_REQUEST);

  // Each hour the audits run by themselves: the first three times they refund, and the fourth time they call people.
  for (let hour = 0; hour < 4; hour++) {
    shop.run.clock.advance(3_601);
    await shop.run.idle();
  }

  const [payment] = await eventpro().payments(purchaseId);
  const queues = shop.run.cloud.get(SQS).list();
  const [escalated] = await queues.find(({ name }) => name.includes('Escalations'))!.receive();
  expect(payment!.refunds.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(payment!.captured - payment!.refunded).toBe(amount);
  expect(JSON.parse(escalated!.body)).toMatchObject({
    compensation: 'RefundPayment',
    purchaseHash: purchaseHash(purchaseId),
    error: 'RefundFailed',
  });
});
