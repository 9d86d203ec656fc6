import { type Json } from './asl/json';
import { type Trace, type TraceDetails, type TraceType } from './asl/trace';

/** An event as `GetExecutionHistory` answers it: `timestamp` in seconds since the epoch, and one member of details. */
export interface HistoryEvent {
  readonly id: number;
  /** The event on the same path before this one; 0 for the first. */
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  readonly [details: string]: unknown;
}

type ExecutionEnd = 'ExecutionSucceeded' | 'ExecutionFailed' | 'ExecutionTimedOut' | 'ExecutionAborted';

/** A step of the trace in the terms of the API; none if the API does not tell it. */
type Written = readonly [type: string, details?: Readonly<Record<string, unknown>>] | undefined;

const COMPLETE = { truncated: false };

/**
 * The history of a Standard execution in the terms of the API ("GetExecutionHistory" and "HistoryEvent" of the API Reference,
 * read November 2026). Input and output are kept as they are, and written as text when somebody asks.
 */
export class HistoryEvents {
  readonly all: HistoryEvent[] = [];

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  started(input: Json, roleArn: string): HistoryTrace {
    const details = { executionStartedEventDetails: { ...written('input', input), roleArn } };
    return new HistoryTrace(this, this.add(0, 'ExecutionStarted', details));
  }

  redriven(redriveCount: number): HistoryTrace {
    const details = { executionRedrivenEventDetails: { redriveCount } };
    return new HistoryTrace(this, this.add(this.all.length, 'ExecutionRedriven', details));
  }

  ended(
    type: ExecutionEnd,
    { output, error, cause }: { output?: Json; error?: string; cause?: string },
  ): void {
    const details = type === 'ExecutionSucceeded' ? written('output', output ?? null) : { error, cause };
    this.add(this.all.length, type, { [`${lowered(type)}EventDetails`]: details });
  }

  /** @returns its id */
  add(previousEventId: number, type: string, details: Readonly<Record<string, unknown>> = {}): number {
    const id = this.all.length + 1;
    this.all.push({ id, previousEventId, timestamp: this.now() / 1000, type, ...details });
    return id;
  }
}

/** One path through the states, each event of which names the one before it. */
export class HistoryTrace implements Trace {
  constructor(
    private readonly history: HistoryEvents,
    private previous: number,
  ) {}

  record(type: TraceType, details: TraceDetails): void {
    const [name, members] = eventOf(type, details) ?? [];
    if (name) this.previous = this.history.add(this.previous, name, members);
  }

  branch(): HistoryTrace {
    return new HistoryTrace(this.history, this.previous);
  }
}

function eventOf(type: TraceType, details: TraceDetails): Written {
  const { state, input, output, error, cause } = details;
  if (type.endsWith('StateEntered')) {
    return [type, { stateEnteredEventDetails: { name: state, ...written('input', input ?? null) } }];
  }
  if (type.endsWith('StateExited') || type === 'CatchTaken') {
    const exited = type === 'CatchTaken' ? `${details.type}StateExited` : type;
    return [exited, { stateExitedEventDetails: { name: state, ...written('output', output ?? null) } }];
  }
  if (/^Task(Scheduled|Started|Submitted|Succeeded|Failed|TimedOut)$/.test(type))
    return taskEventOf(type, details);
  if (type === 'MapStateStarted') return [type, { mapStateStartedEventDetails: { length: details.length } }];
  if (type.startsWith('MapIteration')) {
    return [type, { [`${lowered(type)}EventDetails`]: { name: state, index: details.index } }];
  }
  if (type === 'MapStateFailed') return [type, { mapStateFailedEventDetails: { error, cause } }];
  return /^(Map|Parallel)State/.test(type) ? [type] : undefined;
}

/** A function called by its ARN has events of its own, which are named after it. */
function taskEventOf(type: TraceType, details: TraceDetails): Written {
  const { resource = '', input, output, error, cause, timeoutSeconds, heartbeatSeconds } = details;
  const [, integration] = /^arn:[\w-]+:states:[^:]*:[^:]*:(.+)$/.exec(resource) ?? [];
  const limits = { timeoutInSeconds: timeoutSeconds, heartbeatInSeconds: heartbeatSeconds };
  if (integration === undefined) {
    const name = type.replace('Task', 'LambdaFunction');
    const member = `${lowered(name)}EventDetails`;
    if (type === 'TaskScheduled') {
      return [
        name,
        { [member]: { resource, ...written('input', input ?? null), timeoutInSeconds: timeoutSeconds } },
      ];
    }
    if (type === 'TaskSucceeded') return [name, { [member]: written('output', output ?? null) }];
    return error === undefined ? [name] : [name, { [member]: { error, cause } }];
  }
  const cut = integration.lastIndexOf(
    ':',
    integration.endsWith('.sync:2') ? integration.length - 3 : undefined,
  );
  const called = { resourceType: integration.slice(0, cut), resource: integration.slice(cut + 1) };
  const member = `${lowered(type)}EventDetails`;
  if (type === 'TaskScheduled') {
    const region = resource.split(':')[3] || 'us-east-1';
    return [type, { [member]: { ...called, region, parameters: JSON.stringify(input), ...limits } }];
  }
  if (output !== undefined) return [type, { [member]: { ...called, ...written('output', output) } }];
  return [type, { [member]: error === undefined ? called : { ...called, error, cause } }];
}

/** A value that the API writes as text, with a word on whether all of it is there. */
function written(name: 'input' | 'output', value: Json): Readonly<Record<string, unknown>> {
  return { [name]: JSON.stringify(value), [`${name}Details`]: COMPLETE };
}

const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
