import { randomUUID } from 'node:crypto';
import { messageOf } from '../aws/error-message';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { Journal } from '../core/journal';
import { unlessAborted } from '../core/unless-aborted';
import { type BusEvent } from './bus-event';
import { DeliveryFailure, type Rule, type RuleTarget } from './rule';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** What became of an event at one target. */
export interface Delivery {
  readonly id: string;
  readonly ruleArn: string;
  readonly targetId: string;
  readonly targetArn: string;
  readonly status: DeliveryStatus;
  /** How often it was tried. */
  readonly attempts: number;
  /** Milliseconds, by the local clock. */
  readonly publishedAt: number;
  /** When it was delivered or given up, or when it is tried again. */
  readonly at?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** An event that was taken, and where it goes. */
export interface PublishedEvent {
  readonly bus: string;
  readonly event: BusEvent;
  readonly deliveries: readonly Delivery[];
}

type Entry =
  | { readonly op: 'published'; readonly published: PublishedEvent }
  | { readonly op: 'delivery'; readonly eventId: string; readonly delivery: Delivery };

export interface DeliveriesOptions {
  readonly clock: LocalClock;
  /** Keeps the events and where they have come across restarts. @default in memory only */
  readonly journalFile?: string;
  /** The target of that delivery, if it is still there. */
  readonly target: (delivery: Delivery) => RuleTarget | undefined;
  /** Gets what cannot be delivered; rejects when it cannot take it. */
  readonly deadLetter: (queueArn: string, body: string, attributes: Readonly<Record<string, string>>) => void;
  readonly onChange?: () => void;
  readonly warn?: (what: string, error?: unknown) => void;
}

/** As many are listed; those that are under way are kept whatever their number. */
const EVENTS_KEPT = 1_000;

/** 1 s, doubled up to 8 minutes: 185 attempts take nearly the 24 hours of an event's age. AWS says "exponential back off and jitter". */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 480_000;

/**
 * Brings events to targets, each at least once: what was acknowledged is journaled, and what is not known to have arrived when the
 * process ends is tried again when it starts. Targets and events have no order ("Amazon EventBridge quotas" and "Event retry
 * policy", user guide, read November 2026).
 */
export class Deliveries {
  private readonly journal: Journal<Entry>;
  /** Oldest first. */
  private readonly events = new Map<
    string,
    { published: PublishedEvent; deliveries: Map<string, Delivery> }
  >();
  private readonly running = new Map<string, Promise<void>>();
  private ending = endingOfMany();
  private started = false;

  constructor(private readonly options: DeliveriesOptions) {
    this.journal = new Journal(options.journalFile);
    for (const entry of this.journal.replay()) this.apply(entry);
    this.forgetOldest();
    this.journal.rewrite(
      [...this.events.values()].map((each) => ({ op: 'published' as const, published: reported(each) })),
    );
  }

  /** Newest first. */
  list(): readonly PublishedEvent[] {
    return [...this.events.values()].reverse().map(reported);
  }

  /** Journaled when this returns. */
  publish(bus: string, event: BusEvent, rules: readonly Rule[]): void {
    const publishedAt = this.options.clock.now();
    const deliveries = rules.flatMap(({ arn: ruleArn, targets }) =>
      targets.map(({ id: targetId, arn: targetArn }) => ({
        ...{ id: randomUUID(), ruleArn, targetId, targetArn },
        ...{ status: 'pending' as const, attempts: 0, publishedAt },
      })),
    );
    const published = { bus, event, deliveries };
    this.journal.append({ op: 'published', published });
    this.apply({ op: 'published', published });
    this.forgetOldest();
    this.options.onChange?.();
    for (const delivery of deliveries) this.begin(event, delivery);
  }

  /** Goes on with what is under way, and takes what comes. */
  resume(): void {
    this.started = true;
    this.ending = endingOfMany();
    for (const { published, deliveries } of this.events.values()) {
      for (const delivery of deliveries.values()) this.begin(published.event, delivery);
    }
  }

  /** Resolves when nothing is being delivered any more. */
  async pause(): Promise<void> {
    this.started = false;
    this.ending.abort();
    await Promise.all(this.running.values());
  }

  reset(): void {
    this.events.clear();
    this.journal.rewrite([]);
  }

  private begin(event: BusEvent, delivery: Delivery): void {
    if (!this.started || delivery.status !== 'pending' || this.running.has(delivery.id)) return;
    const running = this.deliver(event, delivery, this.ending.signal).finally(() =>
      this.running.delete(delivery.id),
    );
    this.running.set(delivery.id, running);
  }

  private async deliver(event: BusEvent, known: Delivery, signal: AbortSignal): Promise<void> {
    const { clock, target: find, warn } = this.options;
    const target = find(known);
    if (!target) {
      this.change(event, known, {
        status: 'failed',
        error: { code: 'NO_RESOURCE', message: 'The rule is no longer there' },
      });
      return;
    }
    const input = target.input(event);
    let delivery = known;
    while (!signal.aborted) {
      if (delivery.at !== undefined) await clock.until(delivery.at, signal);
      if (signal.aborted) return;
      const sent = unlessAborted(target.send(input, event, signal), signal);
      const failure = await sent.then(
        () => undefined,
        (error: unknown) => asFailure(error),
      );
      // What a pause has cut off is tried again, whether or not it arrived.
      if (failure && signal.aborted) return;
      const attempts = delivery.attempts + 1;
      const now = clock.now();
      if (!failure) {
        this.change(event, delivery, { status: 'delivered', attempts, at: now, error: undefined });
        return;
      }
      const error = { code: failure.code, message: failure.message };
      const exhausted = exhaustedBy(failure, target, attempts, now - delivery.publishedAt);
      if (exhausted) {
        this.giveUp(target, known, input, { error, exhausted, attempts });
        this.change(event, delivery, { status: 'failed', attempts, at: now, error });
        warn?.(`EventBridge gave up ${event['detail-type']} for ${target.arn}`, failure);
        return;
      }
      delivery = this.change(event, delivery, { attempts, error, at: now + pauseAfter(attempts, failure) });
    }
  }

  /** To the dead-letter queue, with the attributes of "Using dead-letter queues to process undelivered events", user guide. */
  private giveUp(
    target: RuleTarget,
    { ruleArn }: Delivery,
    input: string,
    {
      error,
      exhausted,
      attempts,
    }: { error: { code: string; message: string }; exhausted: string; attempts: number },
  ): void {
    if (target.deadLetterQueue === undefined) return;
    try {
      this.options.deadLetter(target.deadLetterQueue, input, {
        ...{ RULE_ARN: ruleArn, TARGET_ARN: target.arn },
        ...{ ERROR_CODE: error.code, ERROR_MESSAGE: error.message || error.code },
        ...{ EXHAUSTED_RETRY_CONDITION: exhausted, RETRY_ATTEMPTS: String(attempts - 1) },
      });
    } catch (refused) {
      this.options.warn?.(`The dead-letter queue ${target.deadLetterQueue} took nothing`, refused);
    }
  }

  private change(event: BusEvent, delivery: Delivery, change: Partial<Delivery>): Delivery {
    const changed = { ...delivery, ...change };
    const entry = { op: 'delivery' as const, eventId: keyOf(event), delivery: changed };
    this.journal.append(entry);
    this.apply(entry);
    this.options.onChange?.();
    return changed;
  }

  private apply(entry: Entry): void {
    if (entry.op === 'published') {
      const { published } = entry;
      const deliveries = new Map(published.deliveries.map((each) => [each.id, each]));
      this.events.set(keyOf(published.event), { published, deliveries });
    } else {
      this.events.get(entry.eventId)?.deliveries.set(entry.delivery.id, entry.delivery);
    }
  }

  private forgetOldest(): void {
    if (this.events.size <= EVENTS_KEPT) return;
    for (const [id, { deliveries }] of this.events) {
      if (this.events.size <= EVENTS_KEPT) return;
      if (![...deliveries.values()].some(({ status }) => status === 'pending')) this.events.delete(id);
    }
  }
}

/** An event that is replayed is one beside the first. */
function keyOf({ id, 'replay-name': replay }: BusEvent): string {
  return replay === undefined ? id : `${id}/${replay}`;
}

function reported({
  published,
  deliveries,
}: {
  published: PublishedEvent;
  deliveries: ReadonlyMap<string, Delivery>;
}): PublishedEvent {
  return { ...published, deliveries: [...deliveries.values()] };
}

/** Which limit the failure has reached, in the words of the dead-letter queue; undefined: it is tried again. */
function exhaustedBy(
  failure: DeliveryFailure,
  { maximumEventAge, maximumRetryAttempts }: RuleTarget,
  attempts: number,
  ageMs: number,
): string | undefined {
  if (!failure.retriable) return 'NonRetriableError';
  if (attempts > maximumRetryAttempts) return 'MaximumRetryAttempts';
  if (ageMs + pauseAfter(attempts, failure) > maximumEventAge * 1000) return 'MaximumEventAgeInSeconds';
  return undefined;
}

function pauseAfter(attempts: number, { retryAfterSeconds }: DeliveryFailure): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return Math.max(pause, retryAfterSeconds * 1000);
}

function asFailure(error: unknown): DeliveryFailure {
  return error instanceof DeliveryFailure ? error : new DeliveryFailure('INTERNAL_ERROR', messageOf(error));
}
