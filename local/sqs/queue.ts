import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import {
  checkContents,
  invalidParameter,
  type Message,
  type MessageAttributes,
  messageBytes,
} from './message';
import { type MessageJournal } from './message-journal';
import { type QueueAttributes } from './queue-attributes';

export interface SendOptions {
  readonly attributes?: MessageAttributes;
  /** @default the queue's own */
  readonly delaySeconds?: number;
  readonly traceHeader?: string;
}

export interface ReceiveOptions {
  /** 1 to 10. @default 1 */
  readonly maxMessages?: number;
  /** Long poll, 0 to 20 seconds. @default the queue's own */
  readonly waitSeconds?: number;
  /** Seconds. @default the queue's own */
  readonly visibilityTimeout?: number;
  /** Ends the long poll without a message. */
  readonly signal?: AbortSignal;
}

export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
}

/** What a queue needs of the service around it. */
export interface QueueContext {
  readonly clock: LocalClock;
  readonly journal: MessageJournal;
  readonly endpointUrl: string;
  readonly queue: (arn: string) => Queue;
  /** Hears that a message has come, gone, or been received. */
  readonly onChange: () => void;
}

interface QueuedMessage {
  message: Message;
  /** End of the delay, or of the visibility timeout, in milliseconds of the local clock. */
  visibleAt: number;
  /** Handle of the latest receive, the only one that deletes. */
  receiptHandle?: string;
}

/** A standard queue. It decides what is visible when it is asked, so moving the clock ends a visibility timeout. */
export class Queue {
  readonly arn: string;
  readonly createdAt: number;
  readonly tags = new Map<string, string>();
  private readonly messages = new Map<string, QueuedMessage>();
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly name: string,
    readonly attributes: QueueAttributes,
    private readonly context: QueueContext,
  ) {
    this.arn = `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`;
    this.createdAt = context.clock.now();
    for (const message of context.journal.take(name)) this.hold(message);
  }

  get url(): string {
    return `${this.context.endpointUrl}/${LOCAL_ACCOUNT}/${this.name}`;
  }

  /** The message is kept, in the journal too, when this returns. */
  send(body: unknown, { attributes = {}, delaySeconds, traceHeader }: SendOptions = {}): Message {
    checkContents(body, attributes);
    this.checkSize(messageBytes(body, attributes));
    const delay = integerWithin('DelaySeconds', delaySeconds ?? this.attributes.delaySeconds, 0, 900);
    const sentAt = this.context.clock.now();
    const message = {
      id: randomUUID(),
      body,
      attributes,
      sentAt,
      availableAt: sentAt + delay * 1000,
      receiveCount: 0,
      ...(traceHeader && { traceHeader }),
    };
    this.context.journal.sent(this.name, message);
    this.hold(message);
    this.wake();
    return message;
  }

  /**
   * Takes visible messages, oldest first, and waits for one if there is none.
   *
   * The wait is that of a client at an open socket, so it is measured by the machine's time; moving the local clock
   * makes it look again.
   */
  async receive(options: ReceiveOptions = {}): Promise<ReceivedMessage[]> {
    const maxMessages = integerWithin('MaxNumberOfMessages', options.maxMessages ?? 1, 1, 10);
    const wait = options.waitSeconds ?? this.attributes.receiveMessageWaitTimeSeconds;
    const deadline = Date.now() + integerWithin('WaitTimeSeconds', wait, 0, 20) * 1000;
    const timeout = options.visibilityTimeout ?? this.attributes.visibilityTimeout;
    const visibilityTimeout = integerWithin('VisibilityTimeout', timeout, 0, 43_200);
    for (;;) {
      const received = this.takeVisible(maxMessages, visibilityTimeout);
      const remaining = deadline - Date.now();
      if (received.length > 0 || remaining <= 0 || options.signal?.aborted) return received;
      await this.change(Math.min(remaining, this.untilNextVisible()), options.signal);
    }
  }

  /** A handle of an earlier receive succeeds without effect, as in SQS: the message has another receiver by now. */
  delete(receiptHandle: string): void {
    const held = this.heldBy(receiptHandle);
    if (held) this.forget(held.message.id);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    integerWithin('VisibilityTimeout', seconds, 0, 43_200);
    const held = this.heldBy(receiptHandle);
    const now = this.context.clock.now();
    if (!held || held.visibleAt <= now) {
      throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.', {
        queryCode: 'AWS.SimpleQueueService.MessageNotInflight',
      });
    }
    held.visibleAt = now + seconds * 1000;
    this.wake();
  }

  /** Numbers of messages by state; those past their retention are gone. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    this.dropExpired();
    const now = this.context.clock.now();
    const hidden = [...this.messages.values()].filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
    return { visible: this.messages.size - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  /** Its messages, those in flight too, oldest first. */
  list(): readonly Message[] {
    this.dropExpired();
    return [...this.messages.values()].map(({ message }) => message);
  }

  purge(): void {
    for (const id of this.messages.keys()) this.forget(id);
  }

  /**
   * Gives every message that is not in flight back to `target`, or to the queue it came from, as a new message.
   *
   * @returns how many
   */
  redrive(target?: Queue): number {
    let moved = 0;
    const now = this.context.clock.now();
    for (const { message, visibleAt } of [...this.messages.values()]) {
      const source = message.deadLetterSource;
      const destination = target ?? (source === undefined ? undefined : this.context.queue(source));
      if (visibleAt > now || !destination) continue;
      const { deadLetterSource: _, firstReceivedAt: __, ...rest } = message;
      this.move(message.id, destination, {
        ...rest,
        id: randomUUID(),
        sentAt: now,
        availableAt: now,
        receiveCount: 0,
      });
      moved++;
    }
    return moved;
  }

  /** Forgets the messages; the journal is cleared by the service, for all queues at once. */
  clear(): void {
    this.messages.clear();
    this.wake();
  }

  /** Makes long polls look again. */
  wake(): void {
    for (const look of this.waiting) look();
  }

  private takeVisible(maxMessages: number, visibilityTimeout: number): ReceivedMessage[] {
    this.dropExpired();
    const now = this.context.clock.now();
    const received: ReceivedMessage[] = [];
    for (const held of this.messages.values()) {
      if (received.length === maxMessages) break;
      if (held.visibleAt > now || this.movedToDeadLetters(held.message)) continue;
      const { id, receiveCount, firstReceivedAt = now } = held.message;
      this.context.journal.received(this.name, id, now);
      held.message = { ...held.message, receiveCount: receiveCount + 1, firstReceivedAt };
      held.visibleAt = now + visibilityTimeout * 1000;
      held.receiptHandle = Buffer.from(`${id}/${randomUUID()}`).toString('base64url');
      received.push({ ...held.message, receiptHandle: held.receiptHandle });
    }
    if (received.length > 0) this.context.onChange();
    return received;
  }

  /** As in SQS, it moves at the receive that would be one too many, and keeps its id and the time it was sent. */
  private movedToDeadLetters(message: Message): boolean {
    const policy = this.attributes.redrivePolicy;
    if (!policy || message.receiveCount < policy.maxReceiveCount) return false;
    const { firstReceivedAt: _, ...rest } = message;
    const target = this.context.queue(policy.deadLetterTargetArn);
    this.move(message.id, target, { ...rest, receiveCount: 0, deadLetterSource: this.arn });
    return true;
  }

  private move(id: string, target: Queue, message: Message): void {
    this.context.journal.moved(this.name, id, target.name, message);
    this.messages.delete(id);
    target.hold(message);
    target.wake();
  }

  /** Hides the message for its delay, and no longer: one that was kept by a process whose clock was ahead, too. */
  private hold(message: Message): void {
    const { sentAt, availableAt } = message;
    const longest = this.context.clock.now() + (availableAt - sentAt);
    this.messages.set(message.id, { message, visibleAt: Math.min(availableAt, longest) });
    this.context.onChange();
  }

  private forget(id: string): void {
    this.context.journal.deleted(this.name, id);
    this.messages.delete(id);
    this.context.onChange();
  }

  private dropExpired(): void {
    const oldest = this.context.clock.now() - this.attributes.messageRetentionPeriod * 1000;
    for (const [id, { message }] of this.messages) {
      if (message.sentAt < oldest) this.forget(id);
    }
  }

  private heldBy(receiptHandle: string): QueuedMessage | undefined {
    const [id, receive] = Buffer.from(receiptHandle, 'base64url').toString().split('/');
    if (!id || !receive) {
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not valid.`,
        {
          queryCode: 'ReceiptHandleIsInvalid',
        },
      );
    }
    const held = this.messages.get(id);
    return held?.receiptHandle === receiptHandle ? held : undefined;
  }

  private checkSize(bytes: number): void {
    const limit = this.attributes.maximumMessageSize;
    if (bytes > limit)
      throw invalidParameter(
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      );
  }

  /** Milliseconds until a delay or a visibility timeout ends. */
  private untilNextVisible(): number {
    const now = this.context.clock.now();
    let next = Infinity;
    for (const { visibleAt } of this.messages.values()) next = Math.min(next, visibleAt - now);
    return Math.max(next, 1);
  }

  /** Resolves after `milliseconds`, or as soon as something may have become visible. */
  private change(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
        signal?.removeEventListener('abort', look);
        resolve();
      };
      // A poll that nobody waits for any more must not keep the process alive.
      const timer = setTimeout(look, milliseconds).unref();
      this.waiting.add(look);
      signal?.addEventListener('abort', look);
    });
  }
}

function integerWithin(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: must be from ${least} to ${most}.`,
  );
}
