import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { type ObjectPrefix, timeParts } from './object-prefix';

/** A record that waits for its object. */
export interface BufferedRecord {
  readonly id: string;
  /** Base64, as it was put. */
  readonly data: string;
  /** Milliseconds, by the local clock. */
  readonly at: number;
}

export interface DeliveryStreamSettings {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  readonly prefix: ObjectPrefix;
  readonly timeZone: string;
  /** Between the records, and after the last. */
  readonly delimiter: string;
  readonly gzip: boolean;
  readonly fileExtension: string;
  readonly sizeBytes: number;
  readonly intervalMs: number;
}

export interface DeliveryStreamContext {
  readonly clock: LocalClock;
  readonly put: (bucket: string, key: string, body: Buffer, headers: Record<string, string>) => Promise<void>;
  readonly buffered: (stream: string, records: readonly BufferedRecord[]) => void;
  readonly delivered: (stream: string, ids: readonly string[]) => void;
  readonly warn: (what: string, error?: unknown) => void;
}

const RETRY_MS = 5_000;

/**
 * A Firehose stream that is put to directly: records wait until they are many or the oldest is old, and become one object.
 *
 * What was acknowledged is kept before. An object's name comes from its first record, so that what is written again after
 * `kill -9` replaces what was written before it.
 */
export class DeliveryStream {
  private buffer: BufferedRecord[] = [];
  private ending = endingOfMany();
  private running = Promise.resolve();
  private wake: () => void = () => undefined;
  private isRunning = false;

  constructor(
    readonly settings: DeliveryStreamSettings,
    private readonly context: DeliveryStreamContext,
    kept: readonly BufferedRecord[],
  ) {
    this.buffer = [...kept];
  }

  /** Answers the ids, when the records are kept. */
  put(data: readonly string[]): readonly string[] {
    const at = this.context.clock.now();
    const records = data.map((each) => ({ id: randomUUID(), data: each, at }));
    this.context.buffered(this.settings.name, records);
    this.buffer.push(...records);
    this.wake();
    return records.map(({ id }) => id);
  }

  resume(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.ending = endingOfMany();
    this.running = this.run(this.ending.signal).finally(() => (this.isRunning = false));
  }

  async pause(): Promise<void> {
    this.ending.abort();
    this.wake();
    await this.running;
  }

  clear(): void {
    this.buffer = [];
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock, warn } = this.context;
    const { intervalMs, name, sizeBytes } = this.settings;
    while (!signal.aborted) {
      const oldest = this.buffer[0];
      const isFull = this.buffer.reduce((sum, { data }) => sum + (data.length * 3) / 4, 0) >= sizeBytes;
      if (!oldest || (!isFull && clock.now() < oldest.at + intervalMs)) {
        await this.change(oldest && oldest.at + intervalMs, signal);
        continue;
      }
      try {
        await this.deliver(this.buffer.slice());
      } catch (error) {
        warn(`Firehose could not deliver ${name}`, error);
        await clock.until(clock.now() + RETRY_MS, signal);
      }
    }
  }

  /** Waits for another record, or for the time. */
  private async change(until: number | undefined, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    this.wake = () => waiting.abort();
    const ended = AbortSignal.any([signal, waiting.signal]);
    await this.context.clock.until(until ?? Infinity, ended);
    this.wake = () => undefined;
  }

  private async deliver(records: readonly BufferedRecord[]): Promise<void> {
    const { arn: _, bucket, delimiter, fileExtension, gzip, name, prefix, timeZone } = this.settings;
    const { at, id } = records[0]!;
    const time = timeParts(at, timeZone);
    const stamp = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'].map((letters) => time[letters]).join('-');
    const key = `${prefix(at)}${name}-1-${stamp}-${id}${fileExtension}`;
    const plain = Buffer.concat(
      records.flatMap(({ data }) => [Buffer.from(data, 'base64'), Buffer.from(delimiter)]),
    );
    const headers = {
      'content-type': 'application/octet-stream',
      ...(gzip && { 'content-encoding': 'gzip' }),
    };
    await this.context.put(bucket, key, gzip ? gzipSync(plain) : plain, headers);
    const ids = records.map((record) => record.id);
    this.context.delivered(name, ids);
    const done = new Set(ids);
    this.buffer = this.buffer.filter((record) => !done.has(record.id));
  }
}
