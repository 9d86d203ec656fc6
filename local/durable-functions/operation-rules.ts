import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { type Operation, type OperationUpdate } from './api-shapes';
import { bytesOf, bytesOfError, MAX_PAYLOAD } from './quotas';

/**
 * What the service refuses of a checkpoint. The wordings are those of AWS's own testing tools, which repeat the service's:
 * `@aws/durable-execution-sdk-js-testing` 1.1.4 and `aws-durable-execution-sdk-python-testing` 1.4.0 (read November 2026).
 */

type Type = Operation['Type'];
type Action = NonNullable<OperationUpdate['Action']>;
type Status = Operation['Status'];

/** For each action that a type of operation has, the states in which it is possible. `undefined`: before there is one. */
const POSSIBLE: Readonly<Record<Type, Partial<Record<Action, readonly (Status | undefined)[]>>>> = {
  STEP: {
    START: [undefined, 'READY'],
    SUCCEED: [undefined, 'STARTED', 'READY'],
    FAIL: [undefined, 'STARTED', 'READY'],
    RETRY: [undefined, 'STARTED', 'READY'],
  },
  CONTEXT: { START: [undefined], SUCCEED: [undefined, 'STARTED'], FAIL: [undefined, 'STARTED'] },
  WAIT: { START: [undefined], CANCEL: ['STARTED'] },
  // How these two end is said by others.
  CALLBACK: { START: [undefined] },
  CHAINED_INVOKE: { START: [undefined] },
  EXECUTION: { SUCCEED: [undefined], FAIL: [undefined] },
};

/** "OperationUpdate" (Lambda API Reference, read November 2026). */
const PATTERNS = {
  Id: /^[\w-]{1,64}$/,
  ParentId: /^[\w-]{1,64}$/,
  Name: /^[\x20-\x7e]{1,256}$/,
  SubType: /^[A-Za-z_-]{1,32}$/,
} as const;

/** Seconds of a wait or of the pause before a retry: "WaitOptions", "StepOptions". */
const SECONDS = [1, 31_622_400] as const;
/** Of a callback, where 0 is none: "CallbackOptions". */
const CALLBACK_SECONDS = [0, 99_999_999] as const;

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** @throws AwsError when the updates do not go together */
export function checkTogether(updates: readonly OperationUpdate[]): void {
  const ends = updates.filter(({ Type }) => Type === 'EXECUTION');
  if (ends.length > 1) throw invalid('Cannot checkpoint multiple EXECUTION updates.');
  if (ends.length === 1 && updates.at(-1) !== ends[0])
    throw invalid('EXECUTION checkpoint must be the last update.');
  const last = new Map<unknown, OperationUpdate>();
  for (const update of updates) {
    const before = last.get(update.Id);
    const startsAndEnds =
      before?.Action === 'START' &&
      update.Action !== 'START' &&
      (update.Type === 'STEP' || update.Type === 'CONTEXT');
    if (before && !startsAndEnds)
      throw invalid('Cannot update the same operation twice in a single request.');
    last.set(update.Id, update);
  }
}

/**
 * @param current the operation, if there is one already
 * @param parent the operation that `ParentId` names
 * @throws AwsError for what the service refuses; UnsupportedLocally for what is not played here
 */
export function checkUpdate(
  update: OperationUpdate,
  current: Operation | undefined,
  parent: Operation | undefined,
): void {
  for (const [member, pattern] of Object.entries(PATTERNS)) {
    const value = update[member as keyof typeof PATTERNS];
    if (value === undefined || value === null ? member === 'Id' : !pattern.test(String(value)))
      throw invalid(`Invalid ${member}: it must match ${pattern.source}`);
  }
  checkSizes(update);
  checkAction(update, current);
  if (current) checkSame(update, current);
  if (update.ParentId && parent?.Type !== 'CONTEXT') throw invalid('Invalid parent operation id.');
  checkOptions(update);
}

function checkSizes({ Type, Payload, Error }: OperationUpdate): void {
  const what = Type === 'CHAINED_INVOKE' ? 'input' : 'output';
  if (Type !== 'EXECUTION' && bytesOf(Payload) > MAX_PAYLOAD)
    throw invalid(`${Type} ${what} payload size must be less than or equal to ${MAX_PAYLOAD} bytes.`);
  if (bytesOfError(Error) > MAX_PAYLOAD)
    throw invalid(`Error object size must be less than or equal to ${MAX_PAYLOAD} bytes.`);
}

function checkAction({ Type, Action, Error, Payload }: OperationUpdate, current?: Operation): void {
  const actions = POSSIBLE[Type as Type] as (typeof POSSIBLE)[Type] | undefined;
  if (!actions) throw invalid('Unknown operation type.');
  const states = actions[Action as Action];
  if (!states) throw invalid('Invalid action for the given operation type.');
  if (!states.includes(current?.Status)) throw invalid(impossible(Type as Type, Action as Action));
  if (Action === 'SUCCEED' && Error) throw invalid('Cannot provide an Error for SUCCEED action.');
  if (Action === 'FAIL' && typeof Payload === 'string')
    throw invalid('Cannot provide a Payload for FAIL action.');
  if (Action === 'RETRY' && Error && typeof Payload === 'string')
    throw invalid('Cannot provide both error and payload to RETRY a STEP.');
}

function impossible(type: Type, action: Action): string {
  if (action === 'CANCEL') return `Cannot cancel a ${type} that does not exist or has already completed.`;
  if (action === 'RETRY') return `Invalid current ${type} state to re-attempt.`;
  if (action !== 'START') return `Invalid current ${type} state to close.`;
  return type === 'STEP'
    ? 'Invalid current STEP state to start.'
    : `Cannot start a ${type} that already exists.`;
}

/** An id stands for one operation, or the function has replayed otherwise than it ran. */
function checkSame(update: OperationUpdate, current: Operation): void {
  if (update.Type !== current.Type) throw invalid('Inconsistent operation type.');
  if (update.SubType && update.SubType !== current.SubType) throw invalid('Inconsistent operation subtype.');
  if (update.Name && update.Name !== current.Name) throw invalid('Inconsistent operation name.');
  if ((update.ParentId ?? undefined) !== (current.ParentId ?? undefined))
    throw invalid('Inconsistent parent operation id.');
}

function checkOptions(update: OperationUpdate): void {
  const { Type, Action, CallbackOptions, ChainedInvokeOptions, StepOptions, WaitOptions } = update;
  if (Type === 'WAIT' && Action === 'START') checkSeconds('WaitSeconds', WaitOptions?.WaitSeconds, SECONDS);
  if (Action === 'RETRY') {
    if (!StepOptions) throw invalid('Invalid StepOptions for the given action.');
    checkSeconds('NextAttemptDelaySeconds', StepOptions.NextAttemptDelaySeconds, SECONDS);
  }
  if (Type === 'CALLBACK') {
    const { TimeoutSeconds = 0, HeartbeatTimeoutSeconds = 0 } = CallbackOptions ?? {};
    checkSeconds('TimeoutSeconds', TimeoutSeconds, CALLBACK_SECONDS);
    checkSeconds('HeartbeatTimeoutSeconds', HeartbeatTimeoutSeconds, CALLBACK_SECONDS);
  }
  if (Type === 'CHAINED_INVOKE') checkTarget(ChainedInvokeOptions);
}

function checkSeconds(name: string, value: unknown, [least, greatest]: readonly [number, number]): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest) return;
  throw invalid(`${name} must be a whole number from ${least} to ${greatest}.`);
}

function checkTarget(options: OperationUpdate['ChainedInvokeOptions']): void {
  if (!options?.FunctionName)
    throw invalid('Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.');
  if (options.TenantId) throw new UnsupportedLocally('lambda:Invoke with a TenantId');
  const [, region, account] = /^arn:aws:lambda:([^:]+):(\d{12}):/.exec(options.FunctionName) ?? [];
  if (account && account !== LOCAL_ACCOUNT)
    throw invalid('Cannot start a CHAINED_INVOKE on a function in another account.');
  if (region && region !== LOCAL_REGION)
    throw invalid('Cannot start a CHAINED_INVOKE on a function in another region.');
}
