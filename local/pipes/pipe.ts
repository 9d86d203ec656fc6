import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../aws/error-message';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { type StreamRecord } from '../dynamodb/stream-record';
import { type SequenceNumber, type TableStream } from '../dynamodb/table-stream';
import { type EventPattern } from '../eventbridge/event-pattern';

export interface PipeSettings {
  readonly name: string;
  readonly arn: string;
  readonly stream: TableStream;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** After the first; -1 for as long as it takes. */
  readonly maximumRetryAttempts: number;
  /** -1: however old. */
  readonly maximumRecordAgeSeconds: number;
  /** Halves a batch that failed, until the record that is to blame is alone. */
  readonly bisect: boolean;
  /** A record passes if one of them matches; all pass if there is none. */
  readonly filters: readonly EventPattern[];
  /** Brings records to the target, in order. Throws when it did not take all of them. */
  readonly send: (records: readonly StreamRecord[]) => void;
  /** Gets what is given up: where it is in the stream, not the records. @default it is lost */
  readonly deadLetter?: (message: string) => void;
}

export interface PipeContext {
  readonly clock: LocalClock;
  /** Of the last record that was dealt with; undefined before the first time. */
  readonly checkpoint: () => SequenceNumber | undefined;
  readonly save: (checkpoint: SequenceNumber) => void;
  readonly warn: (what: string, error?: unknown) => void;
}

/** How far a pipe has come. */
export interface PipeReport {
  readonly name: string;
  readonly arn: string;
  readonly state: 'RUNNING' | 'STOPPED';
  readonly source: string;
  readonly read: number;
  readonly passed: number;
  readonly delivered: number;
  readonly givenUp: number;
  readonly lastError?: string;
}

/** Pipes look at a shard four times a second ("Polling and batching streams", of Lambda's event sources, which poll the same way). */
const POLL_MS = 250;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * An EventBridge pipe from a table's stream: reads, filters, and brings what passes to its target, in the order of the stream.
 *
 * At least once: the checkpoint is saved when a batch has arrived, so a pipe that dies between the two sends the batch again.
 */
export class Pipe {
  private ending = endingOfMany();
  private killed = new AbortController();
  private running?: Promise<void>;
  private wanted: 'RUNNING' | 'STOPPED';
  private counts = { read: 0, passed: 0, delivered: 0, givenUp: 0 };
  private lastError?: string;

  constructor(
    readonly settings: PipeSettings,
    private readonly context: PipeContext,
    readonly desiredState: 'RUNNING' | 'STOPPED',
  ) {
    this.wanted = desiredState;
  }

  report(): PipeReport {
    const { name, arn, stream } = this.settings;
    return { name, arn, state: this.wanted, source: stream.arn, ...this.counts, lastError: this.lastError };
  }

  /** Saves where it begins: what comes after the creation is not missed, even if the pipe does not run yet. */
  async create(): Promise<void> {
    const { startingPosition, stream } = this.settings;
    if (this.context.checkpoint() !== undefined) return;
    this.context.save(startingPosition === 'LATEST' ? await stream.latest() : stream.horizon);
  }

  start(): void {
    this.wanted = 'RUNNING';
    this.resume();
  }

  /** Lets the batch that is under way arrive first. */
  async stop(): Promise<void> {
    this.wanted = 'STOPPED';
    await this.pause();
  }

  /** Ends it in the middle of whatever it does, and starts it anew from its checkpoint. */
  async kill(): Promise<void> {
    this.killed.abort();
    await this.pause();
    this.killed = new AbortController();
    this.resume();
  }

  /** Runs again, if it is meant to. */
  resume(): void {
    if (this.wanted === 'STOPPED' || this.running) return;
    this.ending = endingOfMany();
    this.running = this.run(this.ending.signal).finally(() => (this.running = undefined));
  }

  async pause(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** As it was created. */
  reset(): void {
    this.wanted = this.desiredState;
    this.counts = { read: 0, passed: 0, delivered: 0, givenUp: 0 };
    this.lastError = undefined;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await this.batch(signal)))
          await delay(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      } catch (error) {
        if (signal.aborted) return;
        this.fail('could not read its stream', error);
        await this.context.clock.until(this.context.clock.now() + FIRST_PAUSE_MS, signal);
      }
    }
  }

  /** Deals with what comes next. Answers whether there was something. */
  private async batch(signal: AbortSignal): Promise<boolean> {
    const { batchSize, batchingWindowSeconds, filters, stream } = this.settings;
    const after = this.context.checkpoint() ?? stream.horizon;
    let { records, upTo } = await stream.read(after, batchSize);
    if (upTo === after) return false;
    if (batchingWindowSeconds > 0 && records.length < batchSize) {
      const { clock } = this.context;
      await clock.until(clock.now() + batchingWindowSeconds * 1000, signal);
      if (signal.aborted) return true;
      ({ records, upTo } = await stream.read(after, batchSize));
    }
    const passing = records.filter(
      (record) => filters.length === 0 || filters.some((matches) => matches(record)),
    );
    if (passing.length > 0 && !(await this.deliver(passing, signal))) return true;
    // Killed between the two: the batch comes again.
    if (this.killed.signal.aborted) return true;
    this.context.save(upTo);
    this.counts.read += records.length;
    this.counts.passed += passing.length;
    return true;
  }

  /** Until they have arrived or are given up; false when it was ended before. */
  private async deliver(records: readonly StreamRecord[], signal: AbortSignal): Promise<boolean> {
    const { clock } = this.context;
    const { bisect, maximumRecordAgeSeconds: oldest, maximumRetryAttempts: most, send } = this.settings;
    for (let attempts = 0; !signal.aborted;) {
      const age = clock.now() / 1000 - Math.min(...records.map(createdAt));
      if (oldest !== -1 && age > oldest) return this.giveUp(records, 'RecordAgeExceeded');
      try {
        send(records);
        this.counts.delivered += records.length;
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        this.fail('could not deliver', error);
      }
      if (bisect && records.length > 1) {
        const half = Math.ceil(records.length / 2);
        return (
          (await this.deliver(records.slice(0, half), signal)) && this.deliver(records.slice(half), signal)
        );
      }
      if (most !== -1 && attempts >= most) return this.giveUp(records, 'RetryAttemptsExhausted');
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempts++, LONGEST_PAUSE_MS);
      await clock.until(clock.now() + pause, signal);
    }
    return false;
  }

  /** The message has no record in it, as that of a Lambda event source ("Retain discarded records", developer guide): no page shows that of a pipe. */
  private giveUp(records: readonly StreamRecord[], condition: string): true {
    const { arn, deadLetter, stream } = this.settings;
    const first = records[0]!;
    const last = records.at(-1)!;
    const time = (seconds: number) => new Date(seconds * 1000).toISOString();
    this.counts.givenUp += records.length;
    deadLetter?.(
      JSON.stringify({
        context: { partnerResourceArn: arn, condition },
        version: '1.0',
        timestamp: new Date(this.context.clock.now()).toISOString(),
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000001',
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: time(createdAt(first)),
          approximateArrivalOfLastRecord: time(createdAt(last)),
          batchSize: records.length,
          streamArn: stream.arn,
        },
      }),
    );
    return true;
  }

  private fail(what: string, error: unknown): void {
    this.lastError = messageOf(error);
    this.context.warn(`The pipe ${this.settings.name} ${what}`, error);
  }
}

/** Seconds */
function createdAt({ dynamodb }: StreamRecord): number {
  return dynamodb.ApproximateCreationDateTime;
}
