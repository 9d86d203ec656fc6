import { isDeepStrictEqual } from 'node:util';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { Journal } from '../core/journal';
import { type StreamRecord } from './stream-record';
import { type TtlRemovals } from './ttl-removals';

/** What has been read: the number of its last record; '0' before the first. */
export type SequenceNumber = string;

export function tableArn(tableName: string): string {
  return `arn:aws:dynamodb:${LOCAL_REGION}:${LOCAL_ACCOUNT}:table/${tableName}`;
}

/** The label is the same at every start, so that what was read of the stream is known again. */
export function streamArn(tableName: string): string {
  return `${tableArn(tableName)}/stream/2026-01-01T00:00:00.000`;
}

export function streamTable(arn: string): string | undefined {
  return /:table\/([^/]+)\/stream\//.exec(arn)?.[1];
}

/** The horizon of a table's stream, kept: what is at or before it belongs to the time before a reset. */
export class StreamHorizons {
  private readonly journal: Journal<{ readonly table: string; readonly horizon: SequenceNumber }>;
  private readonly horizons = new Map<string, SequenceNumber>();

  constructor(journalFile: string | undefined) {
    this.journal = new Journal(journalFile);
    for (const { table, horizon } of this.journal.replay()) this.horizons.set(table, horizon);
  }

  get(table: string): SequenceNumber {
    return this.horizons.get(table) ?? '0';
  }

  set(table: string, horizon: SequenceNumber): void {
    this.horizons.set(table, horizon);
    this.journal.rewrite([...this.horizons].map(([name, each]) => ({ table: name, horizon: each })));
  }
}

/**
 * The stream of one table, as its consumers read it. The engine keeps one shard a table, and every change of it.
 *
 * The engine has the changes with its own region and the machine's time in them, and one for a write that changed nothing, of which DynamoDB makes no
 * record ("Change data capture for DynamoDB Streams": "If … does not change any data …, no stream record is written").
 */
export class TableStream {
  readonly arn: string;
  private shard?: { readonly StreamArn: string; readonly ShardId: string };
  /** Where the last reading ended, so that the one which goes on from there asks for no iterator. */
  private next?: { readonly after: SequenceNumber; readonly iterator: string };

  constructor(
    private readonly endpoint: string,
    private readonly tableName: string,
    private readonly horizons: StreamHorizons,
    private readonly removals: TtlRemovals,
    private readonly clock: LocalClock,
  ) {
    this.arn = streamArn(tableName);
  }

  get horizon(): SequenceNumber {
    return this.horizons.get(this.tableName);
  }

  /** The records after that one, at most `limit`, and how far the reading came: further than the last record, perhaps. */
  async read(
    after: SequenceNumber,
    limit: number,
  ): Promise<{ readonly records: readonly StreamRecord[]; readonly upTo: SequenceNumber }> {
    const ShardIterator = this.next?.after === after ? this.next.iterator : await this.iteratorAfter(after);
    const { NextShardIterator, Records } = await this.call<{
      readonly NextShardIterator: string;
      readonly Records: readonly StreamRecord[];
    }>('GetRecords', { ShardIterator, Limit: limit });
    const upTo = Records.at(-1)?.dynamodb.SequenceNumber ?? after;
    this.next = { after: upTo, iterator: NextShardIterator };
    return {
      records: Records.filter(({ dynamodb }) => !isDeepStrictEqual(dynamodb.OldImage, dynamodb.NewImage)).map(
        (record) => this.asConsumed(record),
      ),
      upTo,
    };
  }

  /**
   * The number of the newest record. What DescribeStream of the engine says is compared as a text: after 9,999 nothing is newer. Its
   * iterator has the number.
   */
  async latest(): Promise<SequenceNumber> {
    const iterator = await this.iterator({ ShardIteratorType: 'LATEST' });
    const [, position] = /"position":(\d+)/.exec(Buffer.from(iterator, 'base64').toString()) ?? [];
    if (position === undefined)
      throw new Error(`The engine does not say where the stream of ${this.tableName} ends`);
    return position;
  }

  /** From now on, nothing of before is in the stream. */
  async forget(): Promise<void> {
    this.horizons.set(this.tableName, await this.latest());
  }

  private asConsumed(record: StreamRecord): StreamRecord {
    const removed = record.eventName === 'REMOVE' && this.removals.has(this.tableName, record.dynamodb);
    const createdAt = this.clock.when(latestMachineTime(record)) / 1000;
    return {
      ...record,
      dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: Math.floor(createdAt) },
      ...{ awsRegion: LOCAL_REGION, eventSourceARN: this.arn },
      ...(removed && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
    };
  }

  private iteratorAfter(after: SequenceNumber): Promise<string> {
    return this.iterator(
      after === '0'
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after },
    );
  }

  private async iterator(from: object): Promise<string> {
    this.shard ??= await this.findShard();
    const input = { ...this.shard, ...from };
    return (await this.call<{ ShardIterator: string }>('GetShardIterator', input)).ShardIterator;
  }

  private async findShard() {
    const { tableName: TableName } = this;
    const { Streams } = await this.call<{ Streams: readonly { StreamArn: string }[] }>('ListStreams', {
      TableName,
    });
    const StreamArn = Streams.at(-1)?.StreamArn;
    if (StreamArn === undefined) throw new Error(`The engine has no stream of ${TableName}`);
    const { StreamDescription } = await this.call<{
      StreamDescription: { Shards: readonly { ShardId: string }[] };
    }>('DescribeStream', { StreamArn });
    const [shard, ...others] = StreamDescription.Shards;
    if (!shard || others.length > 0)
      throw new Error(`The stream of ${TableName} has ${others.length + (shard ? 1 : 0)} shards`);
    return { StreamArn, ShardId: shard.ShardId };
  }

  /** DynamoDB Streams is an API of its own, for which the app needs no client. The engine checks no signature. */
  private async call<Output>(operation: string, input: object): Promise<Output> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-date': '20260101T000000Z',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${LOCAL_REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
      },
      body: JSON.stringify(input),
    });
    const answer = (await response.json()) as Output & { readonly message?: string };
    if (response.ok) return answer;
    throw new Error(`${operation} of ${this.tableName}: ${answer.message ?? response.status}`);
  }
}

/**
 * The latest time, in milliseconds, at which a record can have been made: the engine tells whole seconds. A record of the second in which
 * the clock was moved counts as made after the move: counted as made before, it can be older at once than a pipe will take.
 */
function latestMachineTime({ dynamodb }: StreamRecord): number {
  return Math.min(dynamodb.ApproximateCreationDateTime * 1000 + 999, Date.now());
}
