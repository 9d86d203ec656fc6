import { appScenarios } from '../../conformance/state-machines/app-scenarios';
import { play } from '../../conformance/state-machines/play';

const machine = {
  StartAt: 'Refund',
  States: {
    Refund: {
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:000000000000:function:refund',
      Parameters: { 'purchaseId.$': '$.purchaseId', 'failures.$': '$.failures' },
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failures.Refund', Next: 'Failed' }],
      End: true,
    },
    Failed: { Type: 'Fail', Error: 'Failed' },
  },
};

test('a derived input has what the first state reads, also where a catch writes below it', async () => {
  const [allWell, ...others] = appScenarios({ machines: { Recovery: machine }, mappingTemplates: [] });
  const failing = others.find(({ name }) => name.includes('SomethingElse'));

  expect(allWell!.input).toEqual({ purchaseId: 'the purchaseId', failures: {} });
  expect(await play(allWell!)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await play(failing!)).toMatchObject({ error: 'Failed', states: ['Refund', 'Failed'] });
});

test('one scenario for each state tells that a missing member ends the execution', () => {
  const names = appScenarios({ machines: { Recovery: machine }, mappingTemplates: [] }).map(
    ({ name }) => name,
  );

  expect(names.filter((name) => /input without \w+$/.test(name))).toHaveLength(1);
  expect(names.filter((name) => /input with null for \w+$/.test(name))).toHaveLength(2);
});
