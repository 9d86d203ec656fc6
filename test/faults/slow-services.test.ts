import { readDeliveries } from '../../lambda/notification/delivery';
import { SEND_SECONDS } from '../../lambda/notification/send-once';
import { type FunctionName } from '../../lib/functions';
import { eventually } from '../../harness/eventpro-client';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { type Guard, propertyIs } from '../../faults/controls/guard';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { cloudAssembly } from '../support/cloud-assembly';
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

describe('a service that sends at once and answers late', () => {
  const shop = useFaultRun();

  const deliveryOf = async (purchaseId: string, { channel }: Channel) => {
    const purchase = (await shop.stores.snapshot()).purchases.get(purchaseId)!;
    return new Map(readDeliveries(purchase)).get(channel);
  };

  test.each(CHANNELS)('is waited for: $channel, once', async (channel) => {
    const purchaseId = await buySlowly(shop.run, channel, SLOW);

    const delivery = await eventually(async () => {
      const noted = await deliveryOf(purchaseId, channel);
      return noted?.state === 'SENT' ? noted : undefined;
    }, 'a note of the delivery');

    expect(delivery).toMatchObject({ state: 'SENT' });
    expect(received(shop.run, channel)).toBe(1);
    expect(shop.run.queue(channel.queue).counts()).toMatchObject({ visible: 0 });
  });

  test.each(CHANNELS)(
    'later than anybody waits is asked once more, and then nobody knows: $channel, twice at worst',
    async (channel) => {
      const purchaseId = await buySlowly(shop.run, channel, SLOWER_THAN_ANYBODY_WAITS);

      await receives(3, shop.run, channel);

      expect(received(shop.run, channel)).toBe(2);
      expect(await deliveryOf(purchaseId, channel)).toMatchObject({ state: 'UNKNOWN' });
      expect(shop.run.queue(channel.queue).counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
      expect(shop.run.queue(channel.queue.replace('Queue', 'DeadLetterQueue')).counts().visible).toBe(0);
    },
    60_000,
  );
});

test.each(CHANNELS)(
  'where the SDK asked again by itself there would be more: $channel',
  async (channel) => {
    const assembly = AlteredAssembly.copyOf(await cloudAssembly());
    const impatient: Guard = {
      file: 'lambda/notification/send-once.ts',
      within: 'SENDING',
      edits: [propertyIs('maxAttempts', '3'), propertyIs('requestTimeout', '500')],
    };
    const functions: FunctionName[] = [channel.channel === 'email' ? 'DeliverEmail' : 'DeliverSms'];
    await assembly.removeGuard(functions, impatient);
    const run = await startFaultRun({ assemblyDirectory: assembly.directory });
    try {
      await buySlowly(run, channel, 1);

      await receives(3, run, channel);

      expect(received(run, channel)).toBeGreaterThan(2);
    } finally {
      await run.close();
      assembly.remove();
    }
  },
  60_000,
);

/** Buys with a service that is slow. Where it is SNS, the topic of the confirmations is slow, too: the sale stands. */
async function buySlowly(run: FaultRun, { service }: Channel, seconds: number): Promise<string> {
  run.cloud.delays.set(service, seconds);
  const { status, purchaseId } = await run.eventpro.buy({ seats: ['A-1'], buyer: BUYER });
  expect(status).toBe(201);
  return purchaseId;
}

/** Lets the queue give out its messages so many times, each time when the attempt before has ended. */
async function receives(times: number, run: FaultRun, { queue }: Channel): Promise<void> {
  const taken = () =>
    eventually(async () => run.queue(queue).counts().visible === 0 || undefined, 'a receive of the message');
  for (let receive = 1; receive <= times; receive++) {
    await taken();
    await run.idle();
    run.clock.advance(run.queue(queue).attributes.visibilityTimeout + 1);
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
