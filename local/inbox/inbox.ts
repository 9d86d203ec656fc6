import { randomUUID } from 'node:crypto';
import { type LocalClock } from '../core/clock';
import { Journal } from '../core/journal';

/** Something a person received: an e-mail, a text message or a push notification. */
export interface InboxMessage {
  readonly id: string;
  readonly channel: 'email' | 'sms' | 'push';
  /** E-mail address, phone number (E.164) or ARN of a platform endpoint. */
  readonly to: string;
  readonly from?: string;
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  /** Custom headers of an e-mail. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A raw MIME message, or the payload for the push platform. */
  readonly raw?: string;
  /** ISO 8601, by the local clock. */
  readonly receivedAt: string;
  /** The id that SES or SNS answered the sender with. */
  readonly messageId: string;
}

export interface InboxOptions {
  readonly clock: LocalClock;
  /** Keeps the messages across restarts. @default in memory only */
  readonly journalFile?: string;
  /** Older messages are forgotten. @default 1000 */
  readonly capacity?: number;
}

/** Where SES and SNS deliver what would leave AWS: to the buyers' mailboxes and phones. */
export class Inbox {
  private readonly clock: LocalClock;
  private readonly journal: Journal<InboxMessage>;
  private readonly capacity: number;
  private readonly listeners = new Set<(message: InboxMessage) => void>();
  private messages: InboxMessage[];

  constructor({ clock, journalFile, capacity = 1000 }: InboxOptions) {
    this.clock = clock;
    this.capacity = capacity;
    this.journal = new Journal(journalFile);
    this.messages = this.journal.replay().slice(-capacity);
    this.journal.rewrite(this.messages);
  }

  deliver(message: Omit<InboxMessage, 'id' | 'receivedAt'>): void {
    const received = { id: randomUUID(), ...message, receivedAt: new Date(this.clock.now()).toISOString() };
    this.journal.append(received);
    this.messages.push(received);
    if (this.messages.length > this.capacity) this.messages.shift();
    for (const listener of this.listeners) listener(received);
  }

  /** Oldest first. */
  list(): readonly InboxMessage[] {
    return [...this.messages];
  }

  clear(): void {
    this.messages = [];
    this.journal.rewrite([]);
  }

  /** Calls `listener` with each message delivered from now on; the answer stops that. */
  onMessage(listener: (message: InboxMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
