import { STAGES } from '../../lib/config';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { cloudAssemblyNow } from '../support/cloud-assembly';
import { differences, readable, type Template, textOf, withLikenesses } from './template-text';

/** The stage with the most resources: whatever there is, is in it. */
const WHOLE = 'prod';

// A text as it is, without quotes around it and what they escape.
expect.addSnapshotSerializer({ test: (value) => typeof value === 'string', print: String });

/**
 * Snapshots catch surprises in a diff; what must hold is asserted in the other tests. One stage is told whole, the others as
 * what they have otherwise: a change of all stages shows once.
 */
test.each([...templatesOf(WHOLE)])('the template of the stack %s is as it was', (_, template) => {
  expect(textOf(withLikenesses(template))).toMatchSnapshot();
});

test.each(STAGES.map(({ name }) => name).filter((name) => name !== WHOLE))(
  `%s differs from ${WHOLE} as it did`,
  (name) => {
    const whole = templatesOf(WHOLE);
    const other = templatesOf(name);

    const found = [...new Set([...whole.keys(), ...other.keys()])].map((stack) => [
      stack,
      differences(whole.get(stack) ?? NOTHING, other.get(stack) ?? NOTHING),
    ]);
    expect(textOf(Object.fromEntries(found))).toMatchSnapshot();
  },
);

const NOTHING: Template = { Resources: {} };

/** By stack. */
function templatesOf(stage: string): Map<string, Template> {
  return new Map(
    readStage(cloudAssemblyNow(), `EventPro-${stage}`).map(({ stackName, template }) => [
      stackName.replace(/^.*-/, ''),
      readable(JSON.parse(withoutNameOf(stage, JSON.stringify(template))) as object),
    ]),
  );
}

/** A stage's own name is in its names, and by a hash in the ids of the API's permissions. */
function withoutNameOf(stage: string, template: string): string {
  const permission = `Permission(Test|)EventPro${stage}[A-Za-z]+[0-9A-F]{8}(\\w*)[0-9A-F]{8}"`;
  return template
    .replaceAll(new RegExp(permission, 'g'), 'Permission$1<stage>$2"')
    .replaceAll(new RegExp(`EventPro([- ]?)${stage}`, 'g'), 'EventPro$1<stage>')
    .replaceAll(`"${stage}"`, '"<stage>"');
}
