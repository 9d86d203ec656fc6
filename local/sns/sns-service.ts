import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import {
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  LOCAL_ACCOUNT,
  LOCAL_REGION,
  UnsupportedLocally,
} from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { checkAttribute, checkContents, messageBytes } from '../sqs/message';
import { type XmlElements } from '../aws/xml';
import { publishPush, publishSms } from './direct-publish';
import { messageFor, type Notification } from './notification';
import { invalidParameter, type PublishInput, queryResponse, readPublishInput } from './query-protocol';
import { type DeliveryTargets, Subscription, type SubscriptionOptions } from './subscription';

export interface SnsServiceOptions extends DeliveryTargets {
  readonly clock: LocalClock;
}

export function createSnsService(options: SnsServiceOptions): SnsService {
  return new SnsService(options);
}

const MAX_BYTES = 256 * 1024;

/**
 * Standard SNS topics, text messages and push notifications: Publish and PublishBatch of the Query protocol.
 *
 * Publish answers after a queue has the message (in its journal too, if it keeps one), so what was acknowledged
 * survives a crash with the queue. Topics and subscriptions come from the template: Subscribe and the like are
 * refused over the wire, FIFO everywhere.
 */
export class SnsService implements AwsService {
  readonly signingName = 'sns';
  private readonly subscriptions = new Map<string, Subscription[]>();

  constructor(private readonly options: SnsServiceOptions) {}

  /** Answers the topic's ARN. */
  createTopic(name: string): string {
    if (name.endsWith('.fifo')) throw new UnsupportedLocally(`The FIFO topic ${name}`);
    const arn = `arn:aws:sns:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`;
    this.subscriptions.set(arn, this.subscriptions.get(arn) ?? []);
    return arn;
  }

  /** Answers the subscription's ARN. Throws `UnsupportedLocally` for a filter operator that is not understood. */
  subscribe(topicArn: string, options: SubscriptionOptions): string {
    const subscription = new Subscription(topicArn, options, this.options);
    this.subscriptionsOf(topicArn).push(subscription);
    return subscription.arn;
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const form = new URLSearchParams(request.body.toString());
    const action = form.get('Action') ?? '';
    const result = await this.perform(action, form);
    return {
      statusCode: 200,
      headers: { 'content-type': 'text/xml' },
      body: queryResponse(action, result, randomUUID()),
    };
  }

  private async perform(action: string, form: URLSearchParams): Promise<XmlElements> {
    if (action === 'Publish') return { MessageId: await this.publish(form) };
    if (action === 'PublishBatch') return this.publishBatch(form);
    throw new UnsupportedLocally(`sns:${action}`);
  }

  /** Publishes as another service does, past the wire. */
  async publishMessage(topicArn: string, message: string): Promise<void> {
    await this.publishToTopic(topicArn, { message, attributes: {} }, randomUUID());
  }

  /** `Publish` with the API's parameters as JSON, as a state machine gives them. */
  async publishFromJson({
    MessageAttributes = {},
    ...parameters
  }: Readonly<Record<string, unknown>>): Promise<{ MessageId: string }> {
    const form = new URLSearchParams(parameters as Record<string, string>);
    Object.entries(MessageAttributes as Record<string, Record<string, string>>).forEach(
      ([name, value], index) => {
        const entry = `MessageAttributes.entry.${index + 1}`;
        form.set(`${entry}.Name`, name);
        for (const [field, text] of Object.entries(value)) form.set(`${entry}.Value.${field}`, text);
      },
    );
    return { MessageId: await this.publish(form) };
  }

  private async publish(form: URLSearchParams): Promise<string> {
    refuseFifo(form, '');
    const input = readPublishInput(form);
    checkInput(input);
    const messageId = randomUUID();
    const { inbox } = this.options;
    const phoneNumber = form.get('PhoneNumber');
    const target = form.get('TopicArn') ?? form.get('TargetArn');
    if (phoneNumber !== null) publishSms(inbox, phoneNumber, input, messageId);
    else if (target === null)
      throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    else if (target.includes(':endpoint/')) publishPush(inbox, target, input, messageId);
    else await this.publishToTopic(target, input, messageId);
    return messageId;
  }

  private async publishBatch(form: URLSearchParams): Promise<XmlElements> {
    const topicArn = form.get('TopicArn') ?? '';
    this.subscriptionsOf(topicArn);
    const entries = readBatch(form);
    const successful: XmlElements[] = [];
    const failed: XmlElements[] = [];
    for (const { id, prefix } of entries) {
      try {
        refuseFifo(form, prefix);
        const input = readPublishInput(form, prefix);
        checkInput(input);
        const messageId = randomUUID();
        await this.publishToTopic(topicArn, input, messageId);
        successful.push({ Id: id, MessageId: messageId });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failed.push({ Id: id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful: { member: successful }, Failed: { member: failed } };
  }

  private async publishToTopic(topicArn: string, input: PublishInput, messageId: string): Promise<void> {
    const subscriptions = this.subscriptionsOf(topicArn);
    messageFor('default', input);
    const timestamp = new Date(this.options.clock.now()).toISOString();
    const notification: Notification = { ...input, messageId, topicArn, timestamp };
    await Promise.all(subscriptions.map((subscription) => subscription.deliver(notification)));
  }

  private subscriptionsOf(topicArn: string): Subscription[] {
    const subscriptions = this.subscriptions.get(topicArn);
    if (!subscriptions) throw new AwsError('NotFound', 'Topic does not exist', { statusCode: 404 });
    return subscriptions;
  }
}

function readBatch(form: URLSearchParams): { id: string; prefix: string }[] {
  const entries: { id: string; prefix: string }[] = [];
  const member = (index: number) => `PublishBatchRequestEntries.member.${index}.`;
  for (let index = 1; form.has(`${member(index)}Id`); index++) {
    entries.push({ id: form.get(`${member(index)}Id`)!, prefix: member(index) });
  }
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'The batch request has no entries');
  if (entries.length > 10)
    throw new AwsError('TooManyEntriesInBatchRequest', 'A batch has at most 10 entries');
  if (new Set(entries.map(({ id }) => id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id');
  }
  const bytes = entries.reduce(
    (sum, { prefix }) => sum + Buffer.byteLength(form.get(`${prefix}Message`) ?? ''),
    0,
  );
  if (bytes > MAX_BYTES) throw new AwsError('BatchRequestTooLong', `A batch has at most ${MAX_BYTES} bytes`);
  return entries;
}

function checkInput({ message, subject, attributes }: PublishInput): void {
  if (messageBytes(message, attributes) > MAX_BYTES) throw invalidParameter('Message too long');
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject))
    throw invalidParameter('Subject');
  checkContents(message, {});
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
}

function refuseFifo(form: URLSearchParams, prefix: string): void {
  for (const name of ['MessageGroupId', 'MessageDeduplicationId']) {
    if (form.has(prefix + name)) throw new UnsupportedLocally(`An SNS message with ${name}`);
  }
}
