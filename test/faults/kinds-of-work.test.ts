import { STAGE } from '../../bin/local-run';
import { EFFECTS } from '../../faults/effects/effects';
import { KINDS_OF_WORK } from '../../faults/work/kinds-of-work';
import { ROLE_TAG } from '../../lib/workflow/role';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { cloudAssembly } from '../support/cloud-assembly';

/** Name of each state, by the role of its workflow. */
let statesOf: Map<string, string>;
beforeAll(async () => {
  const resources = readStage(await cloudAssembly(), STAGE).flatMap(({ template }) =>
    Object.values(template.Resources),
  );
  statesOf = new Map(
    resources
      .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')
      .map(({ Properties = {} }) => {
        const tags = Properties['Tags'] as { Key: string; Value: string }[];
        const role = tags.find(({ Key }) => Key === ROLE_TAG)!.Value;
        return [role, JSON.stringify(Properties['DefinitionString'])];
      }),
  );
}, 120_000);

test('the executions of every workflow die in the matrix: its role has a declaration in faults/work', () => {
  const declared = KINDS_OF_WORK.flatMap(({ role, paths = [] }) => (role && paths.length > 0 ? [role] : []));

  expect([...statesOf.keys()].filter((role) => !declared.includes(role))).toEqual([]);
});

test('an execution dies before states that its workflow has', () => {
  const unknown = KINDS_OF_WORK.flatMap(({ role, paths = [] }) =>
    paths
      .flatMap(({ states }) => states)
      .filter((state) => !statesOf.get(role!)?.includes(`\\"${state}\\":`))
      .map((state) => `${role} has no state ${state}`),
  );

  expect(unknown).toEqual([]);
});

test('every effect goes wrong in the matrix: it is a step of a kind of work', () => {
  const steps = new Set(KINDS_OF_WORK.flatMap(({ steps: each }) => each.flatMap(({ effects }) => effects)));

  expect(EFFECTS.filter((effect) => !steps.has(effect))).toEqual([]);
});
