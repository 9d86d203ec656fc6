import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSET_PREFIX } from '../../lib/asset-modes';
import { readStage, type SynthesizedStack } from '../../local/cloudformation/cloud-assembly';
import { synthesize } from '../../local/cloudformation/synthesize';

const newFolder = () => mkdtempSync(join(tmpdir(), 'eventpro-app-'));

let folder: string;
beforeEach(() => (folder = newFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly UpdatePolicy?: object;
}

test('canary=off changes every alias of prod all at once, with no alarm that could take it back', async () => {
  await synthesize(process.cwd(), folder, { stage: 'prod', canary: 'off' });

  const ofType = resourcesOf(folder, 'prod');
  const functionAliases = ofType('AWS::Lambda::Alias');
  expect(functionAliases.length).toBeGreaterThan(5);
  expect(functionAliases.filter(({ UpdatePolicy }) => UpdatePolicy)).toEqual([]);
  expect(ofType('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  expect(ofType('AWS::CloudWatch::Alarm')).toEqual([]);
  const liveAtOnce = {
    Name: 'live',
    DeploymentPreference: { StateMachineVersionArn: expect.anything(), Type: 'ALL_AT_ONCE' },
  };
  // Of the checkout and of the cancellation.
  expect(ofType('AWS::StepFunctions::StateMachineAlias').map(({ Properties }) => Properties)).toEqual([
    liveAtOnce,
    liveAtOnce,
  ]);
});

describe('one stage, synthesised by somebody whose files are nobody else’s', () => {
  const prod = newFolder();
  beforeAll(async () => {
    const umask = process.umask(0o077);
    await synthesize(process.cwd(), prod, { stage: 'prod' }).finally(() => process.umask(umask));
  });
  afterAll(() => rmSync(prod, { recursive: true }));

  test('the zips that Lambda gets hold files that it can read, whatever the umask, and old zips are not taken for them', () => {
    const assets = readdirSync(prod).filter((name) => name.startsWith('asset.') && !name.endsWith('.zip'));
    const modes = assets.flatMap((asset) =>
      readdirSync(join(prod, asset), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => statSync(join(parentPath, name)).mode & 0o777),
    );
    expect(modes.length).toBeGreaterThan(50);
    expect(new Set(modes)).toEqual(new Set([0o644]));
    const [{ assets: uploaded }] = readStage(prod, 'EventPro-prod') as [SynthesizedStack];
    expect([...uploaded.keys()].filter((key) => !key.startsWith(ASSET_PREFIX))).toEqual([]);
  });

  test('stage makes that stage alone, with its canary', () => {
    const ofType = resourcesOf(prod, 'prod');
    expect(existsSync(join(prod, 'assembly-EventPro-dev'))).toBe(false);
    expect(ofType('AWS::Lambda::Alias').some(({ UpdatePolicy }) => UpdatePolicy)).toBe(true);
    const aliases = ofType('AWS::StepFunctions::StateMachineAlias');
    expect(aliases).toHaveLength(2);
    for (const { Properties } of aliases) {
      expect(Properties).toMatchObject({
        DeploymentPreference: { Type: 'CANARY', Alarms: [expect.anything(), expect.anything()] },
      });
    }
  });
});

test('withoutIndex leaves that index of the purchase table to the next deployment, and nothing else', async () => {
  await synthesize(process.cwd(), folder, { stage: 'prod', withoutIndex: 'events' });

  const data = readStage(folder, 'EventPro-prod').find(
    ({ stackName }) => stackName === 'EventPro-prod-Data',
  )!;
  const indexes = Object.values(data.template.Resources)
    .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
    .flatMap(({ Properties }) => (Properties?.['GlobalSecondaryIndexes'] ?? []) as { IndexName: string }[]);
  const names = indexes.map(({ IndexName }) => IndexName);
  expect(names.toSorted()).toEqual(['buyers', 'buyers', 'due', 'due', 'references', 'unsettled']);
});

test.each([
  [{ canary: 'on' }, '-c canary takes one value, off'],
  [{ withoutIndex: 'event' }, 'The purchase table has no index event'],
  [{ stage: 'nowhere' }, 'There is no stage nowhere in lib/config.ts'],
])('%j is refused', async (context, message) => {
  await expect(synthesize(process.cwd(), folder, context)).rejects.toThrow(message);
});

/** Of the stack Checkout. */
function resourcesOf(assembly: string, stage: string): (type: string) => Resource[] {
  const stacks = readStage(assembly, `EventPro-${stage}`);
  const checkout = stacks.find(({ stackName }) => stackName === `EventPro-${stage}-Checkout`)!;
  const resources = Object.values(checkout.template.Resources) as Resource[];
  return (type) => resources.filter(({ Type }) => Type === type);
}
