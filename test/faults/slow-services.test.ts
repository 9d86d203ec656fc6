import { readDeliveries } from '../../lambda/notification/delivery';
import { SEND_SECONDS } from '../../lambda/notification/send-once';
import { eventually } from '../../harness/eventpro-client';
import { type Guard, propertyIs } from '../../faults/controls/guard';
import { type FaultRun } from '../../faults/fault-run';
import { useFaultRun } from '../support/fault-run';
import { INBOX } from '../../local/inbox/plugin';

/** Seconds that the service takes to answer; the message is out at once. */
const SLOW = 4;
const SLOWER_THAN_ANYBODY_WAITS = SEND_SECONDS + 2;

const PHONE = '+4915112345678';
const BUYER = { name: 'Ann Lee', email: 'ann@example.com', phone: PHONE };

const CHANNELS = [
  { channel: 'email', service: 'ses', queue: 'EmailChannelQueue', to: BUYER.email },
  { channel: 'sms', service: 'sns', queue: 'SmsChannelQueue', to: PHONE },
] as const;
type Channel = (typeof CHANNELS)[number];

/** Each test has both channels wait at the same time. */
describe('services that send at once and answer late', () => {
  const shop = useFaultRun();

  const deliveryOf = async (purchaseId: string, { channel }: Channel) => {
    const purchase = (await shop.stores.snapshot()).purchases.get(purchaseId)!;
    return new Map(readDeliveries(purchase)).get(channel);
  };

  test('are waited for: each message once', async () => {
    const purchaseId = await buySlowly(shop.run, SLOW);

    for (const channel of CHANNELS) {
      const delivery = await eventually(async () => {
        const noted = await deliveryOf(purchaseId, channel);
        return noted?.state === 'SENT' ? noted : undefined;
      }, `a note of the delivery by ${channel.channel}`);

      expect(delivery).toMatchObject({ state: 'SENT' });
      expect(received(shop.run, channel)).toBe(1);
      expect(shop.run.queue(channel.queue).counts()).toMatchObject({ visible: 0 });
    }
  });

  test('later than anybody waits are asked once more, and then nobody knows: each message twice at worst', async () => {
    const purchaseId = await buySlowly(shop.run, SLOWER_THAN_ANYBODY_WAITS);

    await receives(3, shop.run);

    for (const channel of CHANNELS) {
      expect(received(shop.run, channel)).toBe(2);
      expect(await deliveryOf(purchaseId, channel)).toMatchObject({ state: 'UNKNOWN' });
      expect(shop.run.queue(channel.queue).counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
      expect(shop.run.queue(channel.queue.replace('Queue', 'DeadLetterQueue')).counts().visible).toBe(0);
    }
  }, 60_000);
});

describe('where the SDK asked again by itself', () => {
  const IMPATIENT: Guard = {
    file: 'lambda/notification/send-once.ts',
    within: 'SENDING',
    edits: [propertyIs('maxAttempts', '3'), propertyIs('requestTimeout', '500')],
  };
  const shop = useFaultRun((assembly) => assembly.removeGuard(['DeliverEmail', 'DeliverSms'], IMPATIENT));

  test('there would be more of each message', async () => {
    await buySlowly(shop.run, 1);

    await receives(3, shop.run);

    for (const channel of CHANNELS) expect(received(shop.run, channel)).toBeGreaterThan(2);
  }, 60_000);
});

/** Buys while both services are slow. The topic of the confirmations is slow, too, because it is SNS: the sale stands. */
async function buySlowly(run: FaultRun, seconds: number): Promise<string> {
  for (const { service } of CHANNELS) run.cloud.delays.set(service, seconds);
  const { status, purchaseId } = await run.eventpro.buy({ seats: ['A-1'], buyer: BUYER });
  expect(status).toBe(201);
  return purchaseId;
}

/** Lets the queues give out their messages so many times, each time when the attempts before have ended. */
async function receives(times: number, run: FaultRun): Promise<void> {
  const queues = CHANNELS.map(({ queue }) => run.queue(queue));
  const taken = () =>
    eventually(
      async () => queues.every((queue) => queue.counts().visible === 0) || undefined,
      'a receive of the messages',
    );
  for (let receive = 1; receive <= times; receive++) {
    await taken();
    await run.idle();
    run.clock.advance(Math.max(...queues.map(({ attributes }) => attributes.visibilityTimeout)) + 1);
  }
  await taken();
  await run.idle();
}

function received(run: FaultRun, { channel, to }: Channel): number {
  return run.cloud
    .get(INBOX)
    .list()
    .filter((message) => message.channel === channel && message.to === to).length;
}
