import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { type Inbox } from '../inbox/inbox';
import { ConfigurationSets } from './configuration-sets';
import { emailEvent, type SentEmail } from './email-event';
import { outcomesOf } from './mailbox-simulator';
import { addressesIn } from './raw-message';
import { type EmailContent, type SendEmailInput } from './send-email-input';

export interface SesServiceOptions {
  readonly inbox: Inbox;
  readonly clock: LocalClock;
  /** Publishes an event to the topic of an event destination. @default events are not published */
  readonly publish?: (topicArn: string, message: string) => Promise<void>;
}

export function createSesService(options: SesServiceOptions): SesService {
  return new SesService(options);
}

const READ_MEMBERS = [
  ...['FromEmailAddress', 'Destination', 'ReplyToAddresses', 'Content', 'EmailTags', 'ConfigurationSetName'],
];
const MAX_RECIPIENTS = 50;

/**
 * SendEmail of SES v2 (REST-JSON), simple or raw, into the inbox: one message for each recipient, all with the
 * message id that the sender is answered. Addresses of the mailbox simulator behave as documented; what becomes of an e-mail
 * is published as its configuration set says. No identity is verified. Templates, attachments and the other members are
 * refused by name.
 */
export class SesService implements AwsService {
  readonly signingName = 'ses';
  readonly configurationSets = new ConfigurationSets();

  constructor(private readonly options: SesServiceOptions) {}

  async handle(request: AwsRequest): Promise<AwsResponse> {
    if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails') {
      throw new UnsupportedLocally(`ses: ${request.method} ${request.path}`);
    }
    const MessageId = await this.sendEmail(JSON.parse(request.body.toString()) as SendEmailInput);
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ MessageId }),
    };
  }

  private async sendEmail(input: SendEmailInput): Promise<string> {
    refuseOtherMembers('SendEmail', input, READ_MEMBERS);
    const { ReplyToAddresses: replyTo = [] } = input;
    const { ConfigurationSetName: configurationSet, EmailTags: tags = [] } = input;
    const content = readContent(input);
    const from = input.FromEmailAddress ?? addressesIn(content.raw ?? '', 'From')[0];
    const recipients = recipientsOf(input, content);
    if (recipients.length === 0 || recipients.length > MAX_RECIPIENTS) {
      throw badRequest(`An e-mail needs from 1 to ${MAX_RECIPIENTS} recipients.`);
    }
    const malformed = recipients.find((address) => !/^[^\s@]+@[^\s@]+$|<[^\s@]+@[^\s@]+>$/.test(address));
    if (malformed !== undefined) throw badRequest(`Illegal address: ${malformed}`);
    if (!from) throw badRequest('FromEmailAddress is required, or the From of a raw message.');
    checkTags(tags);
    if (configurationSet !== undefined) this.configurationSets.check(configurationSet);
    const fates = recipients.map((to) => ({
      to,
      outcomes: outcomesOf(addressOf(to), [content.text, content.html, content.raw].join('\n')),
    }));

    const messageId = randomUUID();
    const sentAt = new Date(this.options.clock.now()).toISOString();
    const headers = { ...content.headers, ...(replyTo.length > 0 && { 'Reply-To': replyTo.join(', ') }) };
    for (const { to, outcomes } of fates) {
      if (!outcomes.some(({ eventType }) => eventType === 'Delivery')) continue;
      this.options.inbox.deliver({ channel: 'email', to, from, ...content, headers, messageId });
    }
    if (configurationSet !== undefined) {
      const { subject } = content;
      const email = {
        ...{ messageId, from: from ?? '', to: recipients, subject, configurationSet, tags, sentAt },
      };
      for (const { to, outcomes } of fates) {
        for (const outcome of [{ eventType: 'Send' as const }, ...outcomes]) {
          await this.publish(email, addressOf(to), outcome);
        }
      }
    }
    return messageId;
  }

  private async publish(
    email: SentEmail,
    recipient: string,
    outcome: Parameters<typeof emailEvent>[2],
  ): Promise<void> {
    const { clock, publish = async () => {} } = this.options;
    const now = new Date(clock.now()).toISOString();
    const topics = this.configurationSets.topicsFor(email.configurationSet, outcome.eventType);
    const event = JSON.stringify(emailEvent(email, recipient, outcome, now));
    await Promise.all(topics.map((topicArn) => publish(topicArn, event)));
  }
}

/** A raw message without a destination goes to whom its header names ("SendRawEmail" and "RawMessage", read November 2026). */
function recipientsOf({ Destination }: SendEmailInput, { raw }: EmailContent): string[] {
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = Destination ?? {};
  const named = [...ToAddresses, ...CcAddresses, ...BccAddresses];
  return named.length > 0 || raw === undefined ? named : addressesIn(raw, 'To', 'Cc', 'Bcc');
}

function readContent({ Content }: SendEmailInput): EmailContent {
  refuseOtherMembers('Content', Content ?? {}, ['Simple', 'Raw']);
  const { Simple, Raw } = Content ?? {};
  if (Raw) return { raw: Buffer.from(Raw.Data, 'base64').toString() };
  if (!Simple?.Subject || !Simple.Body) throw badRequest('Content needs a Simple or a Raw message.');
  refuseOtherMembers('Content.Simple', Simple, ['Subject', 'Body', 'Headers']);
  const { Text, Html } = Simple.Body;
  if (!Text && !Html) throw badRequest('Message body is empty.');
  return {
    subject: Simple.Subject.Data,
    text: Text?.Data,
    html: Html?.Data,
    headers: Object.fromEntries(Simple.Headers?.map(({ Name, Value }) => [Name, Value]) ?? []),
  };
}

/** "Contain only ASCII letters, numbers, underscores, or dashes", 256 characters at most ("MessageTag", read November 2026). */
function checkTags(tags: NonNullable<SendEmailInput['EmailTags']>): void {
  for (const { Name, Value } of tags) {
    for (const [what, text] of [
      ['name', Name],
      ['value', Value],
    ]) {
      if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{1,256}$/.test(text)) {
        throw badRequest(`Invalid tag ${what}: ${String(text)}`);
      }
    }
  }
}

/** `ann@example.com` of `Ann Lee <ann@example.com>`. */
function addressOf(recipient: string): string {
  return /<([^<>]+)>$/.exec(recipient)?.[1] ?? recipient;
}

function refuseOtherMembers(owner: string, members: object, read: readonly string[]): void {
  const other = Object.keys(members).find((name) => !read.includes(name));
  if (other) throw new UnsupportedLocally(`${owner}.${other} of SES`);
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
