import { isDeepStrictEqual } from 'node:util';
import { allStatesOf, machinesIn, type MachineState } from './machine';
import { type Compared, type NamedDifference } from '../comparison';
import { type JsonObject } from '../../local/step-functions/asl/json';
import { type Outcome, REFUSED, type Scenario } from './scenario';

export interface PlayedScenario extends Compared {
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly scenario: Scenario;
}

type Explains = (played: PlayedScenario) => boolean;

const named = (name: string, explains: Explains): NamedDifference => ({
  name,
  explains: (compared) => explains(compared as PlayedScenario),
});

type State = MachineState & {
  readonly Choices?: readonly { readonly Next: string; readonly Assign?: object }[];
  readonly Default?: string;
};

function statesOf({ scenario }: PlayedScenario): Readonly<Record<string, State>> {
  return (scenario.definition as { readonly States: Readonly<Record<string, State>> }).States;
}

/** The state in which ours ended, where the second engine came to it too: by the same states, with the same calls. */
function stoppedAt(played: PlayedScenario): State | undefined {
  const { ours, theirs } = played;
  const came =
    isDeepStrictEqual(theirs.states.slice(0, ours.states.length), ours.states) &&
    isDeepStrictEqual(theirs.calls.slice(0, ours.calls.length), ours.calls);
  return came ? statesOf(played)[ours.states.at(-1) ?? ''] : undefined;
}

/** Where the second engine went from there. */
function wentOnTo({ ours, theirs }: PlayedScenario): string | undefined {
  return theirs.states[ours.states.length];
}

/** Ours ends with `States.Runtime` at a state that catches `States.ALL`; the second engine went on from that very catch. */
function goesOnFromCatchAll(played: PlayedScenario): boolean {
  const { ours, theirs } = played;
  if (ours.error !== 'States.Runtime') return false;
  const caughtBy = ({ Catch = [] }: Pick<State, 'Catch'> = {}) =>
    Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))?.Next;
  const stopped = stoppedAt(played);
  if (stopped) return caughtBy(stopped) !== undefined && caughtBy(stopped) === wentOnTo(played);
  // In a branch: states and calls are sets then, and what came after the catch is among what ours has not.
  const inner = Object.values(statesOf(played)).flatMap(machinesIn).flatMap(allStatesOf);
  return (
    isAmong(ours.states, theirs.states) &&
    isAmong(ours.calls, theirs.calls) &&
    inner.some(([name, state]) => {
      const caught = caughtBy(state);
      return (
        ours.states.includes(name) &&
        caught !== undefined &&
        theirs.states.includes(caught) &&
        !ours.states.includes(caught)
      );
    })
  );
}

function isAmong(items: readonly unknown[], others: readonly unknown[]): boolean {
  const texts = others.map((other) => JSON.stringify(other));
  return items.every((item) => texts.includes(JSON.stringify(item)));
}

/** Ours ends at a state with a path below a member; the second engine calls it a `States.Runtime`, or succeeds without the result. */
function conflictsAtResultPath(played: PlayedScenario): boolean {
  const { ours, theirs } = played;
  const { ResultPath, Catch = [] } = stoppedAt(played) ?? {};
  const paths = [
    ResultPath,
    ...(Catch as readonly { ResultPath?: string | null }[]).map((each) => each.ResultPath),
  ];
  return (
    ours.error === 'States.ReferencePathConflict' &&
    paths.some((path) => /^\$\.\w+[.[]/.test(path ?? '')) &&
    (theirs.status === 'SUCCEEDED' || theirs.error === 'States.Runtime' || wentOnTo(played) !== undefined)
  );
}

/** Ours ends at a Choice; the second engine goes on to one of its ways. */
function fallsThroughChoice(played: PlayedScenario): boolean {
  const { Type, Choices = [], Default } = stoppedAt(played) ?? {};
  const ways = [...Choices.map(({ Next }) => Next), Default];
  return Type === 'Choice' && played.ours.error === 'States.Runtime' && ways.includes(wentOnTo(played));
}

/** Ours goes on with the variable that a rule has assigned; the second engine does not know it. */
function forgetsAssignOfRule(played: PlayedScenario): boolean {
  const { ours, theirs } = played;
  const states = statesOf(played);
  const rules = theirs.states.flatMap((name, index) =>
    (states[name]?.Choices ?? []).filter(({ Next }) => Next === theirs.states[index + 1]),
  );
  return (
    rules.some(({ Assign }) => Assign) &&
    theirs.error === 'States.Runtime' &&
    isDeepStrictEqual(ours.states.slice(0, theirs.states.length), theirs.states)
  );
}

/**
 * Both are equal, but for the name and the cause of what a function failed with, which had no `errorType`; and for the retries,
 * where the definition has some for the one name and none for the other.
 */
function tellsNoErrorType({ ours, theirs, scenario }: PlayedScenario): boolean {
  const failing = Object.entries(scenario.answers ?? {}).flatMap(([name, answers]) =>
    answers.some((answer) => 'fail' in answer && !(answer.fail as JsonObject).errorType) ? [name] : [],
  );
  const calls = ours.calls.filter(
    ([name], index) => !(failing.includes(name) && ours.calls[index - 1]?.[0] === name),
  );
  // A Fail state may end the execution with that cause, and with a name of its own.
  const { Cause: cause } = withoutErrorType({ Error: 'Lambda.Unknown', Cause: ours.cause });
  const told = (made: Outcome['calls']) =>
    retold({ ...ours, ...(cause !== undefined && { cause }), calls: made }, withoutErrorType);
  return failing.length > 0 && [ours.calls, calls].some((made) => isDeepStrictEqual(told(made), theirs));
}

interface ToldError {
  readonly Error: unknown;
  readonly Cause: unknown;
}

/** Every error in what was answered and passed on, told otherwise. */
function retold(value: unknown, told: (error: ToldError) => ToldError): unknown {
  if (Array.isArray(value)) return value.map((each) => retold(each, told));
  if (typeof value !== 'object' || value === null) return value;
  if ('Error' in value && 'Cause' in value) return { ...value, ...told(value) };
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      // An escalation says the name alone; the guide's function is given both under names of its own.
      retoldMember(name, each) ?? retold(each, told),
    ]),
  );
}

function retoldMember(name: string, value: unknown): unknown {
  if (name === 'error' && value === 'Lambda.Unknown') return 'Exception';
  if (name !== 'cause' || typeof value !== 'string' || !value.startsWith(NO_ERROR_TYPE)) return undefined;
  return JSON.parse(value.slice(NO_ERROR_TYPE.length)) as unknown;
}

const NO_ERROR_TYPE =
  'The cause could not be determined because Lambda did not return an error type. Returned payload: ';

const withoutErrorType = (error: ToldError): ToldError =>
  error.Error === 'Lambda.Unknown' && typeof error.Cause === 'string' && error.Cause.startsWith(NO_ERROR_TYPE)
    ? { Error: 'Exception', Cause: JSON.parse(error.Cause.slice(NO_ERROR_TYPE.length)) as unknown }
    : error;

const DYNAMODB_ERROR = 'DynamoDB.AmazonDynamoDBException';

/** Both stop where DynamoDB is called, or go on with its time-out, and only its name differs. */
function namesNoDynamoDbError(played: PlayedScenario): boolean {
  const { ours, theirs, scenario } = played;
  const isLate = Object.entries(scenario.answers ?? {}).some(
    ([name, answers]) => name.startsWith('dynamodb:') && answers.some((answer) => 'late' in answer),
  );
  const told = retold(ours, (error) =>
    error.Error === 'States.Timeout' ? { ...error, Error: DYNAMODB_ERROR } : error,
  );
  if (isLate && isDeepStrictEqual(told, theirs)) return true;
  return (
    stoppedAt(played)?.Resource?.includes(':dynamodb:') === true &&
    ours.error === 'States.Runtime' &&
    theirs.error === DYNAMODB_ERROR &&
    wentOnTo(played) === undefined
  );
}

/** Where the local run and LocalStack's engine differ, and why the local run stays as it is. */
export const NAMED: readonly NamedDifference[] = [
  named(
    'A function that fails without an `errorType` is `Lambda.Unknown` here, as histories of AWS show; `Exception` there.',
    tellsNoErrorType,
  ),
  named(
    'Nothing catches a path that points at nothing (`States.Runtime`), as AWS documents; `States.ALL` does there.',
    goesOnFromCatchAll,
  ),
  named(
    'A time-out of DynamoDB, and a path that points at nothing in what it is given, keep their names here (`States.Timeout`, `States.Runtime`), as everywhere; that engine calls both an error of DynamoDB.',
    namesNoDynamoDbError,
  ),
  named(
    'An integration of a service that the local run has not (S3, ECS) is refused by name when the definition is read; that engine finds out when it calls.',
    ({ ours }) => ours.status === REFUSED,
  ),
  named(
    'A `ResultPath` below something else than an object is `States.ReferencePathConflict` here, as seen on AWS; that engine fails otherwise, or leaves the result out.',
    conflictsAtResultPath,
  ),
  named(
    'A comparison whose `Variable` points at nothing fails here, as on AWS (“references an invalid value”); it is false there.',
    fallsThroughChoice,
  ),
  named(
    'A Map of what is no array is `States.Runtime` here, as the errors of JSONPath states are; `States.QueryEvaluationError`, the name for JSONata, there.',
    (played) =>
      stoppedAt(played)?.Type === 'Map' &&
      played.ours.error === 'States.Runtime' &&
      played.theirs.error === 'States.QueryEvaluationError' &&
      wentOnTo(played) === undefined,
  ),
  named(
    'A rule of a Choice assigns variables here (“Passing data between states with variables”); that engine leaves its `Assign` out.',
    forgetsAssignOfRule,
  ),
];
