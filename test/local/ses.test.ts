import { join } from 'node:path';
import {
  GetAccountCommand,
  SendEmailCommand,
  type SendEmailCommandInput,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { LocalClock } from '../../local/clock';
import { Inbox, type InboxMessage } from '../../local/inbox';
import { createSesService } from '../../local/ses/ses-service';
import { clientConfig, serve, temporaryDirectory, track } from './aws-endpoint-fixture';

async function start(options: { journalFile?: string; capacity?: number } = {}) {
  const clock = new LocalClock();
  const inbox = new Inbox({ clock, ...options });
  const endpoint = await serve([createSesService({ inbox })]);
  return { clock, inbox, client: track(new SESv2Client(clientConfig(endpoint))) };
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

test.each<[string, Partial<SendEmailCommandInput>]>([
  ['Content.Template', { Content: { Template: { TemplateName: 't', TemplateData: '{}' } } }],
  ['SendEmail.ConfigurationSetName', { ConfigurationSetName: 'set' }],
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
])('an e-mail with %s is a bad request', async (_what, change) => {
  const { client, inbox } = await start();

  const call = client.send(new SendEmailCommand({ ...email, ...change }));

  await expect(call).rejects.toMatchObject({ name: 'BadRequestException' });
  expect(inbox.list()).toEqual([]);
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
