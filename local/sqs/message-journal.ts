import { Journal } from '../core/journal';
import { type Message } from './message';

type JournalEntry =
  | { readonly op: 'sent'; readonly queue: string; readonly message: Message }
  | { readonly op: 'received'; readonly queue: string; readonly id: string; readonly at: number }
  | { readonly op: 'deleted'; readonly queue: string; readonly id: string }
  | {
      readonly op: 'moved';
      readonly queue: string;
      readonly id: string;
      readonly to: string;
      readonly message: Message;
    };

/**
 * Keeps the messages of all queues across restarts. Visibility is not kept: what was in flight when the process
 * died is visible again when it starts, with its receive count.
 */
export class MessageJournal {
  private readonly journal: Journal<JournalEntry>;
  private readonly kept = new Map<string, Map<string, Message>>();

  constructor(file: string | undefined) {
    this.journal = new Journal(file);
    for (const entry of this.journal.replay()) this.apply(entry);
    this.compact();
  }

  /** Messages kept from the last run, once: they belong to the queue from then on. */
  take(queue: string): Iterable<Message> {
    const messages = this.kept.get(queue)?.values() ?? [];
    this.kept.delete(queue);
    return messages;
  }

  sent(queue: string, message: Message): void {
    this.journal.append({ op: 'sent', queue, message });
  }

  received(queue: string, id: string, at: number): void {
    this.journal.append({ op: 'received', queue, id, at });
  }

  deleted(queue: string, id: string): void {
    this.journal.append({ op: 'deleted', queue, id });
  }

  /** One entry for both queues: a crash leaves the message in one of them, never in none or in both. */
  moved(queue: string, id: string, to: string, message: Message): void {
    this.journal.append({ op: 'moved', queue, id, to, message });
  }

  clear(): void {
    this.kept.clear();
    this.journal.rewrite([]);
  }

  private apply(entry: JournalEntry): void {
    const messages = this.messagesOf(entry.queue);
    switch (entry.op) {
      case 'sent':
        messages.set(entry.message.id, entry.message);
        break;
      case 'received': {
        const message = messages.get(entry.id);
        if (!message) break;
        const { receiveCount, firstReceivedAt = entry.at } = message;
        messages.set(entry.id, { ...message, receiveCount: receiveCount + 1, firstReceivedAt });
        break;
      }
      case 'deleted':
        messages.delete(entry.id);
        break;
      case 'moved':
        messages.delete(entry.id);
        this.messagesOf(entry.to).set(entry.message.id, entry.message);
        break;
    }
  }

  private compact(): void {
    const entries = [...this.kept].flatMap(([queue, messages]) =>
      [...messages.values()].map((message) => ({ op: 'sent' as const, queue, message })),
    );
    this.journal.rewrite(entries);
  }

  private messagesOf(queue: string): Map<string, Message> {
    const messages = this.kept.get(queue) ?? new Map<string, Message>();
    this.kept.set(queue, messages);
    return messages;
  }
}
