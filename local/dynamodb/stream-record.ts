/** A record as DynamoDB Streams has it ("Record", API reference, read November 2026), with the stream's ARN as consumers get it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: string;
  readonly eventSourceARN: string;
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Seconds since the epoch, by the local clock. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  /** Of what the time to live removed ("DynamoDB Streams and Time to Live", developer guide). */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
}

/** Attribute values by name. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
