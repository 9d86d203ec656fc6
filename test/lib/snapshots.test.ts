import { synthesizedStage } from '../../harness/synthesized-stage';

/**
 * Snapshots catch surprises in a diff; what must hold is asserted in the other tests. Asset hashes change with every
 * dependency, so they are masked.
 */
test.each(['dev', 'prod'] as const)('the templates of %s are as they were', (name) => {
  for (const [stack, template] of Object.entries(synthesizedStage(name))) {
    expect(masked(template.toJSON())).toMatchSnapshot(stack);
  }
});

function masked(template: object): unknown {
  return JSON.parse(
    JSON.stringify(template)
      .replaceAll(/[0-9a-f]{64}\.zip/g, '<asset>.zip')
      // A version's id is a hash of the function.
      .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>')
      // The deployment's id is a hash of the API, and of the functions behind it.
      .replaceAll(/(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>'),
  );
}
