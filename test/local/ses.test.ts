import { join } from 'node:path';
import {
  GetAccountCommand,
  SendEmailCommand,
  type SendEmailCommandInput,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { LocalClock } from '../../local/core/clock';
import { Inbox, type InboxMessage } from '../../local/inbox/inbox';
import { createSesService } from '../../local/ses/ses-service';
import { clientConfig, serve, temporaryDirectory, track } from './aws-endpoint-fixture';

interface PublishedEvent {
  readonly eventType: string;
  readonly mail: { readonly messageId: string; readonly tags: Readonly<Record<string, readonly string[]>> };
  readonly bounce?: object;
  readonly complaint?: object;
  readonly reject?: object;
}

async function start(options: { journalFile?: string; capacity?: number } = {}) {
  const clock = new LocalClock();
  const inbox = new Inbox({ clock, ...options });
  const published: { topicArn: string; event: PublishedEvent }[] = [];
  const ses = createSesService({
    inbox,
    clock,
    publish: async (topicArn, message) => {
      published.push({ topicArn, event: JSON.parse(message) as PublishedEvent });
    },
  });
  ses.configurationSets.create('tickets');
  ses.configurationSets.addDestination('tickets', {
    topicArn: 'everything',
    matchingEventTypes: ['send', 'reject', 'bounce', 'complaint', 'delivery', 'deliveryDelay'],
  });
  ses.configurationSets.addDestination('tickets', { topicArn: 'bounces', matchingEventTypes: ['bounce'] });
  const endpoint = await serve([ses]);
  return { clock, inbox, ses, published, client: track(new SESv2Client(clientConfig(endpoint))) };
}

const email: SendEmailCommandInput = {
  FromEmailAddress: 'EventPro <tickets@example.com>',
  Destination: { ToAddresses: ['buyer@example.com'] },
  Content: {
    Simple: {
      Subject: { Data: 'Your ticket für Ö' },
      Body: { Text: { Data: 'text' }, Html: { Data: '<p>html</p>' } },
      Headers: [{ Name: 'X-Purchase', Value: '42' }],
    },
  },
};

test('a simple e-mail is in the inbox, by the time of the local clock', async () => {
  const { client, inbox, clock } = await start();
  clock.advance(86_400);

  const { MessageId } = await client.send(new SendEmailCommand(email));

  const [message] = inbox.list();
  expect(message).toMatchObject({
    channel: 'email',
    to: 'buyer@example.com',
    from: 'EventPro <tickets@example.com>',
    subject: 'Your ticket für Ö',
    text: 'text',
    html: '<p>html</p>',
    headers: { 'X-Purchase': '42' },
    messageId: MessageId,
  });
  expect(Date.parse(message!.receivedAt)).toBeGreaterThan(Date.now() + 86_000_000);
});

test('every recipient has a message of their own', async () => {
  const { client, inbox } = await start();
  const Destination = { ToAddresses: ['a@example.com'], CcAddresses: ['b@example.com'] };

  await client.send(new SendEmailCommand({ ...email, Destination }));

  expect(inbox.list().map(({ to }) => to)).toEqual(['a@example.com', 'b@example.com']);
});

test('a raw e-mail is kept as it is', async () => {
  const { client, inbox } = await start();
  const mime = 'Subject: Ticket\r\nContent-Type: text/plain\r\n\r\nHello';

  await client.send(new SendEmailCommand({ ...email, Content: { Raw: { Data: Buffer.from(mime) } } }));

  expect(inbox.list()[0]!.raw).toBe(mime);
});

test('a raw e-mail without a destination goes to whom its header names, from whom it names', async () => {
  const { client, inbox } = await start();
  const mime = [
    ...['From: Tickets <tickets@example.com>', 'TO: "Lee, Ann" <ann@example.com>,', '\tbob@example.com'],
    ...['Cc: Hall: carl@example.com, dora@example.com;', 'bcc: <eve@example.com>'],
    ...['Subject: Your ticket', '', 'To: nobody@example.com'],
  ].join('\r\n');

  await client.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(mime) } } }));

  expect(inbox.list().map(({ to }) => to)).toEqual([
    ...['"Lee, Ann" <ann@example.com>', 'bob@example.com', 'carl@example.com', 'dora@example.com'],
    '<eve@example.com>',
  ]);
  expect(inbox.list()[0]).toMatchObject({ from: 'Tickets <tickets@example.com>', raw: mime });
});

test.each([
  ['no recipient', 'From: a@example.com\r\n\r\nTo: b@example.com'],
  ['no sender', 'To: b@example.com\r\n\r\nFrom: a@example.com'],
])('a raw e-mail with %s in its header is a bad request', async (_what, mime) => {
  const { client, inbox } = await start();

  const call = client.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(mime) } } }));

  await expect(call).rejects.toMatchObject({ name: 'BadRequestException' });
  expect(inbox.list()).toEqual([]);
});

test.each<[string, Partial<SendEmailCommandInput>]>([
  ['Content.Template', { Content: { Template: { TemplateName: 't', TemplateData: '{}' } } }],
  ['SendEmail.ListManagementOptions', { ListManagementOptions: { ContactListName: 'list' } }],
  ['SendEmail.FeedbackForwardingEmailAddress', { FeedbackForwardingEmailAddress: 'a@example.com' }],
  [
    'unheard-of@simulator.amazonses.com',
    { Destination: { ToAddresses: ['unheard-of@simulator.amazonses.com'] } },
  ],
])('%s is refused by name', async (name, change) => {
  const { client } = await start();

  const call = client.send(new SendEmailCommand({ ...email, ...change }));

  await expect(call).rejects.toMatchObject({
    name: 'UnsupportedLocally',
    message: expect.stringContaining(name),
  });
});

test.each<[string, Partial<SendEmailCommandInput>]>([
  ['no recipient', { Destination: {} }],
  ['an address that is none', { Destination: { ToAddresses: ['nobody'] } }],
  ['no content', { Content: {} }],
  ['a tag whose value has a colon', { EmailTags: [{ Name: 'reference', Value: 'a:b' }] }],
  ['a tag without a name', { EmailTags: [{ Name: '', Value: 'b' }] }],
  ['a tag that is too long', { EmailTags: [{ Name: 'a', Value: 'b'.repeat(257) }] }],
])('an e-mail with %s is a bad request', async (_what, change) => {
  const { client, inbox } = await start();

  const call = client.send(new SendEmailCommand({ ...email, ...change }));

  await expect(call).rejects.toMatchObject({ name: 'BadRequestException' });
  expect(inbox.list()).toEqual([]);
});

const TAGGED: SendEmailCommandInput = {
  ...email,
  ConfigurationSetName: 'tickets',
  EmailTags: [{ Name: 'reference', Value: '0123456789' }],
};

test('an e-mail with a configuration set that there is not is not sent', async () => {
  const { client, inbox } = await start();

  const call = client.send(new SendEmailCommand({ ...email, ConfigurationSetName: 'another' }));

  await expect(call).rejects.toMatchObject({ name: 'NotFoundException' });
  expect(inbox.list()).toEqual([]);
});

test.each<[string, string[], number, object]>([
  ['buyer@example.com', ['Send', 'Delivery'], 1, {}],
  ['success@simulator.amazonses.com', ['Send', 'Delivery'], 1, {}],
  [
    'bounce@simulator.amazonses.com',
    ['Send', 'Bounce'],
    0,
    { bounce: { bounceType: 'Permanent', bounceSubType: 'General' } },
  ],
  [
    'Ann Lee <Bounce+label1@simulator.amazonses.com>',
    ['Send', 'Bounce'],
    0,
    { bounce: { bouncedRecipients: [{ emailAddress: 'Bounce+label1@simulator.amazonses.com' }] } },
  ],
  [
    'suppressionlist@simulator.amazonses.com',
    ['Send', 'Bounce'],
    0,
    { bounce: { bounceType: 'Permanent', bounceSubType: 'Suppressed' } },
  ],
  [
    'ooto@simulator.amazonses.com',
    ['Send', 'Delivery', 'Bounce'],
    1,
    { bounce: { bounceType: 'Transient', bounceSubType: 'General' } },
  ],
  [
    'complaint@simulator.amazonses.com',
    ['Send', 'Delivery', 'Complaint'],
    1,
    { complaint: { complaintFeedbackType: 'abuse' } },
  ],
])('what becomes of an e-mail to %s: %j', async (to, eventTypes, delivered, last) => {
  const { client, inbox, published } = await start();

  const { MessageId } = await client.send(
    new SendEmailCommand({ ...TAGGED, Destination: { ToAddresses: [to] } }),
  );

  const events = published.filter(({ topicArn }) => topicArn === 'everything').map(({ event }) => event);
  expect(events.map(({ eventType }) => eventType)).toEqual(eventTypes);
  for (const { mail } of events) {
    expect(mail).toMatchObject({
      messageId: MessageId,
      tags: { reference: ['0123456789'], 'ses:configuration-set': ['tickets'] },
    });
  }
  expect(events.at(-1)).toMatchObject(last);
  expect(inbox.list()).toHaveLength(delivered);
  const bounces = events.filter(({ eventType }) => eventType === 'Bounce');
  expect(published.filter(({ topicArn }) => topicArn === 'bounces')).toHaveLength(bounces.length);
});

test('an e-mail with the text that tests virus scanners is taken, and rejected', async () => {
  const { client, inbox, published } = await start();
  const Data = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;
  const Content = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data } } } };

  await client.send(new SendEmailCommand({ ...TAGGED, Content }));

  expect(published.map(({ event }) => event.eventType)).toEqual(['Send', 'Reject']);
  expect(inbox.list()).toEqual([]);
});

test('without a configuration set nobody is told what became of an e-mail', async () => {
  const { client, published } = await start();

  await client.send(
    new SendEmailCommand({ ...email, Destination: { ToAddresses: ['bounce@simulator.amazonses.com'] } }),
  );

  expect(published).toEqual([]);
});

test('a destination for what never happens here is refused by name', async () => {
  const { ses } = await start();

  expect(() =>
    ses.configurationSets.addDestination('tickets', { topicArn: 'topic', matchingEventTypes: ['open'] }),
  ).toThrow('The event type open of SES is not supported by the local run');
});

test('other operations are refused by name', async () => {
  const { client } = await start();

  const call = client.send(new GetAccountCommand({}));

  await expect(call).rejects.toMatchObject({ name: 'UnsupportedLocally' });
});

test('the inbox keeps the newest messages, tells its listeners, and survives a restart', async () => {
  const journalFile = join(temporaryDirectory(), 'inbox.jsonl');
  const { client, inbox, clock } = await start({ journalFile, capacity: 2 });
  const heard: InboxMessage[] = [];
  const stop = inbox.onMessage((message) => heard.push(message));
  for (const address of ['a@example.com', 'b@example.com']) {
    await client.send(new SendEmailCommand({ ...email, Destination: { ToAddresses: [address] } }));
  }
  stop();
  await client.send(new SendEmailCommand({ ...email, Destination: { ToAddresses: ['c@example.com'] } }));

  const restarted = new Inbox({ clock, journalFile, capacity: 2 });
  const kept = restarted.list();
  restarted.clear();

  expect(heard.map(({ to }) => to)).toEqual(['a@example.com', 'b@example.com']);
  expect(inbox.list().map(({ to }) => to)).toEqual(['b@example.com', 'c@example.com']);
  expect(kept).toEqual(inbox.list());
  expect(new Inbox({ clock, journalFile }).list()).toEqual([]);
});
