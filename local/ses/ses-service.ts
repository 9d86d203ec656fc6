import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws-service';
import { type Inbox } from '../inbox';
import { type EmailContent, type SendEmailInput } from './send-email-input';

export interface SesServiceOptions {
  readonly inbox: Inbox;
}

export function createSesService(options: SesServiceOptions): SesService {
  return new SesService(options);
}

const READ_MEMBERS = ['FromEmailAddress', 'Destination', 'ReplyToAddresses', 'Content', 'EmailTags'];
const MAX_RECIPIENTS = 50;

/**
 * SendEmail of SES v2 (REST-JSON), simple or raw, into the inbox: one message for each recipient, all with the
 * message id that the sender is answered. No identity is verified, and email tags, which only label metrics, have no
 * effect. Templates, attachments, configuration sets and the other members are refused by name.
 */
export class SesService implements AwsService {
  readonly signingName = 'ses';
  private readonly inbox: Inbox;

  constructor({ inbox }: SesServiceOptions) {
    this.inbox = inbox;
  }

  /** Nothing to forget: what was sent is the inbox's. */
  reset(): void {}

  async handle(request: AwsRequest): Promise<AwsResponse> {
    if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails') {
      throw new UnsupportedLocally(`ses: ${request.method} ${request.path}`);
    }
    const MessageId = this.sendEmail(JSON.parse(request.body.toString()) as SendEmailInput);
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ MessageId }),
    };
  }

  private sendEmail(input: SendEmailInput): string {
    refuseOtherMembers('SendEmail', input, READ_MEMBERS);
    const { FromEmailAddress: from, Destination: destination = {}, ReplyToAddresses: replyTo = [] } = input;
    const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = destination;
    const recipients = [...ToAddresses, ...CcAddresses, ...BccAddresses];
    if (recipients.length === 0 || recipients.length > MAX_RECIPIENTS) {
      throw badRequest(`An e-mail needs from 1 to ${MAX_RECIPIENTS} recipients in its Destination.`);
    }
    const malformed = recipients.find((address) => !/^[^\s@]+@[^\s@]+$|<[^\s@]+@[^\s@]+>$/.test(address));
    if (malformed !== undefined) throw badRequest(`Illegal address: ${malformed}`);
    const content = readContent(input);
    if (!from && content.raw === undefined) throw badRequest('FromEmailAddress is required.');

    const messageId = randomUUID();
    const headers = { ...content.headers, ...(replyTo.length > 0 && { 'Reply-To': replyTo.join(', ') }) };
    for (const to of recipients)
      this.inbox.deliver({ channel: 'email', to, from, ...content, headers, messageId });
    return messageId;
  }
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

function refuseOtherMembers(owner: string, members: object, read: readonly string[]): void {
  const other = Object.keys(members).find((name) => !read.includes(name));
  if (other) throw new UnsupportedLocally(`${owner}.${other} of SES`);
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
