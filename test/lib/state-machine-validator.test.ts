import validateDefinition from 'asl-validator';
import { type Template } from 'aws-cdk-lib/assertions';
import { definitionsOf } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

/** A second opinion on what CDK writes, by the JSON schema and the reachability checks of asl-validator. */
describe.each(['dev', 'prod'] as const)('every state machine of %s', (name) => {
  const definitions = Object.values(synthesizedStage(name)).flatMap((template: Template) =>
    Object.entries(definitionsOf(template)),
  );

  test('is looked at', () => {
    expect(definitions.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(
      expect.arrayContaining(['CheckoutSaga', 'RecoveryWorkflow']),
    );
  });

  test.each(definitions)('%s is valid', (_, definition) => {
    const { isValid, errors } = validateDefinition(definition, { checkPaths: true, checkArn: true });

    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  test.each(definitions)('%s would not be with a transition into nowhere', (_, definition) => {
    const broken = { ...definition, StartAt: 'Nowhere' };

    expect(
      validateDefinition(broken as typeof definition, { checkPaths: true, checkArn: true }).isValid,
    ).toBe(false);
  });
});
