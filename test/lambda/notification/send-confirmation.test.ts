import { randomUUID } from 'node:crypto';
import { handler } from '../../../lambda/notification/send-confirmation';
import { referenceOf } from '../../../lambda/shared/reference';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { LocalClock } from '../../../local/core/clock';
import { Inbox } from '../../../local/inbox/inbox';
import { createSnsService } from '../../../local/sns/sns-service';
import { createSqsService } from '../../../local/sqs/sqs-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, errorOf } from '../checkout';
import { CONTEXT } from '../invocation';

const CHANNELS = ['email', 'sms', 'push'];

const tables = useTables();
const clock = new LocalClock();
const sqs = createSqsService({ clock });
const inbox = new Inbox({ clock });
const sns = createSnsService({ sqs, inbox, clock });
useAwsServices([sns]);

const topicArn = sns.createTopic('ticket-confirmations');
process.env[ENVIRONMENT.confirmationTopic] = topicArn;
process.env[ENVIRONMENT.apiUrl] = 'https://api.example.com/v1';

const queues = CHANNELS.map((channel) => {
  const queue = sqs.createQueue(channel);
  const filterPolicy = { channels: [channel] };
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn, rawMessageDelivery: true, filterPolicy });
  return queue;
});

sns.subscribe(topicArn, { protocol: 'email', endpoint: 'operators@example.com' });

beforeEach(() => {
  sqs.reset();
  inbox.clear();
});

/** The event as the state machine has it, personal data of the purchase included. */
function confirmed(channels?: string[]) {
  return {
    purchaseId: randomUUID(),
    executionId: 'execution',
    requestId: 'r-1',
    eventId: 'demo',
    buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
    ...(channels && { channels }),
  };
}

function reached(): string[] {
  return queues.filter((queue) => queue.counts().visible > 0).map(({ name }) => name);
}

test('one message with ids alone, and the channels as an attribute to filter by', async () => {
  const event = confirmed(['email', 'push']);

  const result = await handler(event, CONTEXT);

  expect(result).toEqual({ channels: ['email', 'push'] });
  const [message, ...others] = await queues[0]!.receive({ maxMessages: 10 });
  expect(others).toEqual([]);
  const body = JSON.parse(message!.body);
  expect(body).toMatchObject({
    type: 'PurchaseConfirmed',
    purchaseId: event.purchaseId,
    ticketUrl: `https://api.example.com/v1/purchases/${event.purchaseId}/ticket`,
  });
  expect(message!.body).not.toMatch(/Ada|example\.com\/?"|@/);
  expect(message!.attributes).toEqual({
    channels: { DataType: 'String.Array', StringValue: '["email","push"]' },
  });
});

test('operators who subscribe by e-mail get words with the reference, and nothing that opens the purchase', async () => {
  const event = confirmed(['email']);

  await handler(event, CONTEXT);

  expect(inbox.list()).toMatchObject([
    {
      channel: 'email',
      to: 'operators@example.com',
      text: `Purchase ${referenceOf(event.purchaseId)} is confirmed.`,
    },
  ]);
  expect(JSON.stringify(inbox.list())).not.toContain(event.purchaseId);
});

test.each([
  ['the ones it names', ['email', 'sms'], ['email', 'sms']],
  ['one', ['push'], ['push']],
  ['all, for recovery, which does not know where the buyer wants to be told', undefined, CHANNELS],
])('it reaches %s', async (_, channels, expected) => {
  await handler(confirmed(channels), CONTEXT);

  expect(reached()).toEqual(expected);
});

describe('the list of what is due', () => {
  const bought = async (channels: string[]) => {
    const { purchaseId } = await checkout.confirmed(['A-1']);
    await handler({ ...confirmed(channels), purchaseId }, CONTEXT);
    return (await checkout.purchases.find(purchaseId))!;
  };
  let checkout: Checkout;
  beforeEach(async () => (checkout = await Checkout.open(tables)));

  test('is left at once where there is no channel: nobody else would take the purchase off', async () => {
    expect(await bought([])).not.toHaveProperty('dueShard');
  });

  test.each([[['email']], [['sms', 'push']]])(
    'is not left for %j: the channel has yet to tell',
    async (channels) => {
      expect(await bought(channels)).toHaveProperty('dueShard');
    },
  );

  test('is not left by a sale that is being cancelled: recovery must find it', async () => {
    const order = await checkout.confirmed(['A-1']);
    await checkout.cancelling(order);

    await handler({ ...confirmed([]), purchaseId: order.purchaseId }, CONTEXT);

    expect(await checkout.purchases.find(order.purchaseId)).toHaveProperty('dueShard');
  });
});

test('with no channel only operators are told', async () => {
  await handler(confirmed([]), CONTEXT);

  expect(reached()).toEqual([]);
  expect(inbox.list()).toMatchObject([{ channel: 'email', to: 'operators@example.com' }]);
});

test('with a channel there is not it is refused, and nothing is sent', async () => {
  const error = await errorOf(handler(confirmed(['fax']), CONTEXT));

  expect(error).toMatchObject({ name: 'ValidationFailed', message: expect.stringContaining('channels') });
  expect(reached()).toEqual([]);
});
