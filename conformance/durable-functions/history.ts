import { type Event } from '@aws-sdk/client-lambda';
import { type Played } from './played';

/** An operation as its events tell it, without what is another each time: times, ids of requests, ARNs. */
export interface ToldOperation {
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly subType?: string;
  /** Each with its type, and what it says: results, errors, delays. */
  readonly events: readonly object[];
}

/** An execution without its operations. */
export interface ToldExecution {
  readonly status?: string;
  readonly result?: unknown;
  readonly error?: object;
  /** How each invocation ended. */
  readonly invocations: readonly object[];
}

export interface Told {
  readonly execution: ToldExecution;
  /** By id, which the SDK makes of an operation's place: it is the same in every engine. */
  readonly operations: ReadonlyMap<string, ToldOperation>;
  /** What the ends of each step say of its attempts, by its id. An attempt that began is an event, too. */
  readonly attempts: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * What an engine has told, so that it can be compared.
 *
 * @param jittered whether the delays before its attempts are by chance
 */
export function told({ status, result, error, events }: Played, jittered = false): Told {
  const operations = new Map<string, { id: string; events: object[] }>();
  const invocations: object[] = [];
  const attempts: Record<string, unknown[]> = {};
  for (const event of events) {
    const said = saidBy(event, jittered);
    if (event.EventType === 'InvocationCompleted') invocations.push(said);
    else if (!event.EventType?.startsWith('Execution')) {
      const { Id = '', ParentId, Name, SubType } = event;
      const known = operations.get(Id) ?? {
        ...{ id: Id, events: [] },
        ...(ParentId && { parent: ParentId }),
        ...(Name && { name: Name }),
        ...(SubType && { subType: SubType }),
      };
      operations.set(Id, known);
      known.events.push({ type: event.EventType, ...said });
      const end = event.StepSucceededDetails ?? event.StepFailedDetails;
      if (end) (attempts[Id] ??= []).push(end.RetryDetails?.CurrentAttempt ?? null);
    }
  }
  const execution = {
    ...(status && { status }),
    ...(result !== undefined && { result: parsed(result) }),
    ...(error && { error: plain(error) as object }),
    invocations,
  };
  return { execution, operations, attempts };
}

/** What is another each time, or says where and not what. */
const BY_CHANCE =
  /^(.*Timestamp|RequestId|DurableExecutionArn|CallbackId|ExecutedVersion|StackTrace|Truncated|InputPayload)$/;

function saidBy(event: Event, jittered: boolean): object {
  const { RetryDetails, ...details } = (event[`${event.EventType!}Details`] ?? {}) as {
    readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
  };
  const delay = RetryDetails?.NextAttemptDelaySeconds;
  // Zero is none: there is no next attempt.
  const next = delay && !jittered ? { NextAttemptDelaySeconds: delay } : {};
  return plain({ ...details, ...next }) ?? {};
}

/** Without what is by chance, and without what is empty: one engine leaves out what another calls null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const members = Object.entries(value)
    .filter(([name]) => !BY_CHANCE.test(name))
    .map(([name, each]) => [name, name === 'Payload' ? payload(each) : plain(each)] as const)
    .filter(([, each]) => each !== undefined && !(isObject(each) && Object.keys(each).length === 0));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

const payload = (value: unknown): unknown => (typeof value === 'string' ? parsed(value) : plain(value));

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Of a callback: what was answered, as it was.
    return text;
  }
}
