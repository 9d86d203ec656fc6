import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';

/** An event as rules match it and targets get it ("Amazon EventBridge events", user guide). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, by the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
  /** Of an event that an archive replays. */
  readonly 'replay-name'?: string;
}

/** `PutEventsRequestEntry`. */
export interface EventEntry {
  readonly Detail?: string;
  readonly DetailType?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Source?: string;
  /** Seconds since the epoch. @default now */
  readonly Time?: number;
  readonly TraceHeader?: string;
}

/** An entry that was not taken; the others of its request are. */
export class EntryRefused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const MOST_ENTRIES = 10;

/** Of a request ("Calculating Amazon EventBridge PutEvents event entry size", user guide, read November 2026). */
export const MOST_BYTES = 256 * 1024;

/** What refuses a whole request. @throws AwsError ValidationException */
export function checkEntries(entries: unknown): asserts entries is readonly EventEntry[] {
  if (!Array.isArray(entries))
    throw invalid("Value null at 'entries' failed to satisfy constraint: Member must not be null");
  if (entries.length === 0)
    throw invalid(
      "Value '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (entries.length > MOST_ENTRIES)
    throw invalid(
      `Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ENTRIES}`,
    );
  const bytes = (entries as EventEntry[]).reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > MOST_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

/** As that page counts. */
export function entryBytes({
  Time,
  Source = '',
  DetailType = '',
  Detail = '',
  Resources = [],
}: EventEntry): number {
  return [Source, DetailType, Detail, ...Resources].reduce(
    (sum, text) => sum + Buffer.byteLength(String(text)),
    Time === undefined ? 0 : 14,
  );
}

/**
 * The event of an entry. Its words for what is missing are those that AWS answers, as LocalStack's validated tests have them.
 *
 * @param now milliseconds
 * @throws EntryRefused
 */
export function eventOf(
  { Detail, DetailType, Resources = [], Source, Time }: EventEntry,
  now: number,
): BusEvent {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (typeof value !== 'string' || value === '') {
      throw new EntryRefused(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
    }
  }
  if (Source!.startsWith('aws.'))
    throw new EntryRefused('NotAuthorizedForSource', 'Not authorized for the source.');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType!,
    source: Source!,
    account: LOCAL_ACCOUNT,
    time: new Date(Time === undefined ? now : Time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: Resources,
    detail: detailOf(Detail!),
  };
}

function detailOf(text: string): object {
  try {
    const detail: unknown = JSON.parse(text);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return detail;
  } catch {
    // Refused below, like every other detail that is no object.
  }
  throw new EntryRefused('MalformedDetail', 'Detail is malformed.');
}

function invalid(reason: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${reason}`);
}
