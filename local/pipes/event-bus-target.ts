import { type LocalClock } from '../core/clock';
import { type StreamRecord } from '../dynamodb/stream-record';
import { entryBytes, type EventEntry, MOST_BYTES, MOST_ENTRIES } from '../eventbridge/bus-event';
import { type EventBuses } from '../eventbridge/event-buses';
import { type PipeInput, targetParameter } from './pipe-input';

/** `PipeTargetEventBridgeEventBusParameters`: texts, or paths into the record. */
export interface EventBusParameters {
  readonly DetailType?: string;
  readonly Resources?: readonly string[];
  readonly Source?: string;
  readonly Time?: string;
}

/**
 * Puts records on a bus, one event each, in requests as large as PutEvents takes. What is not said of an event is as AWS has it: the
 * source `Pipe` and the pipe's name, the type `Event from` and the source of the record ("Amazon EventBridge Pipes targets").
 */
export function eventBusTarget(
  {
    buses,
    bus,
    clock,
    input,
    name,
  }: {
    readonly buses: EventBuses;
    readonly bus: string;
    readonly clock: LocalClock;
    readonly input: PipeInput;
    readonly name: string;
  },
  { DetailType, Resources = [], Source, Time }: EventBusParameters,
): (records: readonly StreamRecord[]) => void {
  const detailType = targetParameter(DetailType ?? 'Event from aws:dynamodb');
  const source = targetParameter(Source ?? `Pipe ${name}`);
  const resources = Resources.map(targetParameter);
  const time = targetParameter(Time);

  const entryOf = (record: StreamRecord): EventEntry => {
    const at = time(record);
    return {
      EventBusName: bus,
      DetailType: text(detailType(record)),
      Source: text(source(record)),
      Resources: resources.flatMap((each) => text(each(record)) ?? []),
      ...(at !== undefined && { Time: seconds(at) }),
      Detail: input(record, clock.now()),
    };
  };

  return (records) => {
    for (const entries of requests(records.map(entryOf))) {
      const { Entries, FailedEntryCount } = buses.putEvents(entries);
      const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused)
        throw new Error(
          `${FailedEntryCount} of ${entries.length} events: ${refused.ErrorCode} ${refused.ErrorMessage}`,
        );
    }
  };
}

function requests(entries: readonly EventEntry[]): EventEntry[][] {
  const groups: EventEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entryBytes(entry);
    const last = groups.at(-1);
    if (last && last.length < MOST_ENTRIES && bytes + size <= MOST_BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      groups.push([entry]);
      bytes = size;
    }
  }
  return groups;
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** RFC 3339, or seconds since the epoch. */
function seconds(value: unknown): number {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) / 1000 : NaN;
  if (Number.isFinite(at)) return at;
  throw new Error(`The time of an event is not RFC 3339: ${JSON.stringify(value)}`);
}
