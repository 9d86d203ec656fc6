import { isDeepStrictEqual } from 'node:util';
import { type MachineState } from '../app';
import { type Compared, type NamedDifference } from '../comparison';
import { type Outcome, type Scenario } from './scenario';

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

/**
 * Ours ends with `States.Runtime` at a state that catches `States.ALL`. The second engine came to the same state by the same
 * states and calls, and went on from that very catch.
 */
function goesOnFromCatchAll({ ours, theirs, scenario }: PlayedScenario): boolean {
  const { States } = scenario.definition as { readonly States: Readonly<Record<string, State>> };
  const { Catch = [] } = States[ours.states.at(-1) ?? ''] ?? {};
  const caught = Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))?.Next;
  return (
    ours.error === 'States.Runtime' &&
    caught !== undefined &&
    isDeepStrictEqual(theirs.states.slice(0, ours.states.length + 1), [...ours.states, caught]) &&
    isDeepStrictEqual(theirs.calls.slice(0, ours.calls.length), ours.calls)
  );
}

type State = Pick<MachineState, 'Catch'>;

const answers = ({ scenario }: PlayedScenario) => Object.values(scenario.answers ?? {}).flat();

/** Where the local run and LocalStack's engine differ, and why the local run stays as it is. */
export const NAMED: readonly NamedDifference[] = [
  named(
    'A function that fails without an `errorType` is `Lambda.Unknown` here, as histories of AWS show; `Exception` there.',
    (played) =>
      answers(played).some(
        (answer) => 'fail' in answer && !(answer.fail as { errorType?: string }).errorType,
      ),
  ),
  named(
    'Nothing catches a path that points at nothing (`States.Runtime`), as AWS documents; `States.ALL` does there.',
    goesOnFromCatchAll,
  ),
  named(
    'A `ResultPath` below something else than an object is `States.ReferencePathConflict` here, as seen on AWS; that engine fails otherwise, or replaces null.',
    ({ ours }) =>
      ours.error === 'States.ReferencePathConflict' ||
      JSON.stringify(ours).includes('States.ReferencePathConflict'),
  ),
  named(
    'A comparison whose `Variable` points at nothing fails here, as on AWS (“references an invalid value”); it is false there.',
    ({ ours, name }) => ours.error === 'States.Runtime' && name.includes('of what is missing'),
  ),
  named(
    'A Map of what is no array is `States.Runtime` here, as the errors of JSONPath states are; `States.QueryEvaluationError`, the name for JSONata, there.',
    ({ ours, theirs }) => ours.error === 'States.Runtime' && theirs.error === 'States.QueryEvaluationError',
  ),
  named(
    'A queue’s error is named after its code here, as the SDK names it; `SQS.AmazonSQSException` there, whatever it is.',
    (played) =>
      answers(played).some((answer) => 'refused' in answer) &&
      JSON.stringify(played.theirs).includes('SQS.AmazonSQSException'),
  ),
  named(
    'A rule of a Choice assigns variables here (“Passing data between states with variables”); that engine leaves its `Assign` out.',
    ({ name }) => name === 'Assign of a rule',
  ),
];
