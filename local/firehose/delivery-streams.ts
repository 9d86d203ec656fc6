import { AwsError } from '../aws/aws-error';
import { type AwsService, LOCAL_ACCOUNT } from '../aws/aws-service';
import { jsonProtocol, taking } from '../aws/json-protocol';
import { Journal } from '../core/journal';
import { type BufferedRecord, type DeliveryStream } from './delivery-stream';

type Entry =
  | { readonly op: 'buffered'; readonly stream: string; readonly records: readonly BufferedRecord[] }
  | { readonly op: 'delivered'; readonly stream: string; readonly ids: readonly string[] };

interface PutRecordBatchInput {
  readonly DeliveryStreamName?: string;
  readonly Records?: readonly { readonly Data?: string }[];
}

/** "Amazon Data Firehose Quota", read November 2026. */
const MOST_RECORDS = 500;
const MOST_RECORD_BYTES = 1_000 * 1024;
const MOST_BATCH_BYTES = 4 * 1024 * 1024;

/** Firehose by AWS JSON 1.1: `PutRecord` and `PutRecordBatch`. Streams come from the template. */
export class DeliveryStreams implements AwsService {
  readonly signingName = 'firehose';
  readonly targetPrefix = 'Firehose_20150804';
  readonly handle = jsonProtocol(this, '1.1', {
    PutRecord: taking(
      ['DeliveryStreamName', 'Record'],
      ({ DeliveryStreamName, Record }: { DeliveryStreamName?: string; Record?: { Data?: string } }) => {
        const [RecordId] = this.put(DeliveryStreamName, [Record ?? {}]);
        return { RecordId, Encrypted: false };
      },
    ),
    PutRecordBatch: taking(
      ['DeliveryStreamName', 'Records'],
      ({ DeliveryStreamName, Records }: PutRecordBatchInput) => ({
        FailedPutCount: 0,
        Encrypted: false,
        RequestResponses: this.put(DeliveryStreamName, Records ?? []).map((RecordId) => ({ RecordId })),
      }),
    ),
  });
  private readonly streams = new Map<string, DeliveryStream>();
  private readonly journal: Journal<Entry>;
  private readonly kept = new Map<string, Map<string, BufferedRecord>>();
  private paused = false;

  constructor(journalFile: string | undefined) {
    this.journal = new Journal(journalFile);
    for (const entry of this.journal.replay()) {
      const records = this.kept.get(entry.stream) ?? new Map<string, BufferedRecord>();
      this.kept.set(entry.stream, records);
      if (entry.op === 'buffered') for (const record of entry.records) records.set(record.id, record);
      else for (const id of entry.ids) records.delete(id);
    }
    this.journal.rewrite(
      [...this.kept].map(([stream, records]) => ({
        op: 'buffered' as const,
        stream,
        records: [...records.values()],
      })),
    );
  }

  add(stream: DeliveryStream): void {
    this.streams.set(stream.settings.name, stream);
  }

  list(): readonly DeliveryStream[] {
    return [...this.streams.values()];
  }

  /** What a stream had not delivered when the last run ended. */
  keptOf(name: string): readonly BufferedRecord[] {
    return [...(this.kept.get(name)?.values() ?? [])];
  }

  buffered(stream: string, records: readonly BufferedRecord[]): void {
    this.journal.append({ op: 'buffered', stream, records });
  }

  delivered(stream: string, ids: readonly string[]): void {
    this.journal.append({ op: 'delivered', stream, ids });
  }

  /** @param nameOrArn answers the ids @throws AwsError */
  put(nameOrArn = '', records: readonly { readonly Data?: string }[]): readonly string[] {
    if (this.paused)
      throw new AwsError('ServiceUnavailableException', 'The local run forgets its data just now.', {
        statusCode: 500,
      });
    const stream = this.stream(nameOrArn);
    const sizes = records.map(({ Data }) => {
      if (typeof Data !== 'string') throw new AwsError('ValidationException', 'A record needs its Data');
      return Buffer.byteLength(Data, 'base64');
    });
    if (records.length === 0 || records.length > MOST_RECORDS)
      throw new AwsError(
        'ValidationException',
        `A batch has from 1 to ${MOST_RECORDS} records, not ${records.length}`,
      );
    if (sizes.some((size) => size > MOST_RECORD_BYTES))
      throw new AwsError('ValidationException', `A record has at most ${MOST_RECORD_BYTES} bytes`);
    if (sizes.reduce((sum, size) => sum + size, 0) > MOST_BATCH_BYTES)
      throw new AwsError('InvalidArgumentException', `A batch has at most ${MOST_BATCH_BYTES} bytes`);
    return stream.put(records.map(({ Data }) => Data!));
  }

  /** @throws AwsError ResourceNotFoundException */
  stream(nameOrArn: string): DeliveryStream {
    const name = nameOrArn.split('/').at(-1)!;
    const stream = this.streams.get(name);
    if (stream) return stream;
    throw new AwsError(
      'ResourceNotFoundException',
      `Firehose ${name} under account ${LOCAL_ACCOUNT} not found.`,
    );
  }

  resume(): void {
    this.paused = false;
    for (const stream of this.streams.values()) stream.resume();
  }

  async pause(): Promise<void> {
    this.paused = true;
    await Promise.all(this.list().map((stream) => stream.pause()));
  }

  reset(): void {
    this.kept.clear();
    this.journal.rewrite([]);
    for (const stream of this.streams.values()) stream.clear();
  }
}
