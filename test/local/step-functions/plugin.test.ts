import { LAMBDA } from '../../../local/lambda/plugin';
import { STEP_FUNCTIONS } from '../../../local/step-functions/plugin';
import { createResources, startPlugins } from '../plugin-fixture';

const definition = JSON.stringify({ StartAt: 'Only', States: { Only: { Type: 'Pass', End: true } } });

test('an execution that a function starts during a reset ends before its first state', async () => {
  const plugins = await startPlugins(STEP_FUNCTIONS);
  const Properties = { DefinitionString: definition, StateMachineType: 'STANDARD' };
  await createResources(plugins, { Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties } });
  const { history, stateMachines } = plugins.get(STEP_FUNCTIONS);
  const [machine] = stateMachines;
  const ended: object[] = [];
  history.onEvent(({ type, state }) => ended.push({ type, state }));

  let during: object = {};
  jest.spyOn(plugins.get(LAMBDA), 'pause').mockImplementation(async () => {
    during = await machine!.start({}).finished;
  });

  await plugins.reset(() => undefined);
  const after = await machine!.start({}).finished;

  expect(during).toMatchObject({ status: 'ABORTED' });
  expect(ended[0]).toEqual({ type: 'ExecutionAborted', state: undefined });
  expect(after).toMatchObject({ status: 'SUCCEEDED' });
});
