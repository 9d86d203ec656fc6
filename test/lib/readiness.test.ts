import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { DURABLE_FUNCTION_REGIONS, type StageConfig, STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { gapsOf, nameRegion } from '../../lib/readiness';
import { QUIET_CONTEXT } from '../../harness/synthesized-stage';

const [dev, prod, staging] = STAGES as [StageConfig, StageConfig, StageConfig];
const ALL = ['emailSender', 'onCallEmails', 'repositoryUrl', 'storefront.stripePublishableKey'];
const FILLED_IN: StageConfig = {
  ...prod,
  emailSender: 'tickets@boxoffice.test',
  onCallEmails: ['on-call@boxoffice.test'],
  repositoryUrl: 'https://git.boxoffice.test/eventpro/blob/main/',
  storefront: { stripePublishableKey: 'pk_live_1' },
};

test.each<[string, StageConfig, string[]]>([
  ['prod as it is in the repository', prod, ALL],
  ['a list of nobody', { ...FILLED_IN, onCallEmails: [] }, ['onCallEmails']],
  ['a list of an example', { ...FILLED_IN, onCallEmails: ['you@example.com'] }, ['onCallEmails']],
  ['a subdomain of example', { ...FILLED_IN, emailSender: 'a@shop.example' }, ['emailSender']],
  ['an example with a name', { ...FILLED_IN, emailSender: 'Tickets <a@Example.COM>' }, ['emailSender']],
  ['an example of a repository', { ...FILLED_IN, repositoryUrl: 'https://example.com/x' }, ['repositoryUrl']],
  ['pages without a key', { ...FILLED_IN, storefront: {} }, ['storefront.stripePublishableKey']],
  ['no pages', { ...FILLED_IN, storefront: undefined }, []],
  ['prod filled in', FILLED_IN, []],
  ['dev, which nobody depends on', dev, []],
  ['staging, which rehearses', staging, []],
])('what a stage that keeps its data cannot do without: %s', (_, config, fields) => {
  expect(gapsOf(config).map(({ field }) => field)).toEqual(fields);
});

function stacksOf(config: StageConfig): Stack[] {
  const stage = new EventProStage(new App({ context: QUIET_CONTEXT }), `EventPro-${config.name}`, config);
  return stage.node.children as Stack[];
}

interface Rule {
  readonly Assertions: readonly {
    Assert: { 'Fn::Equals': [{ Ref: string }, string] };
    AssertDescription: string;
  }[];
}

test('synthesis passes with a warning for each gap, and CloudFormation refuses every stack', () => {
  const stacks = stacksOf(prod);

  const warnings = stacks.flatMap((stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue()));
  expect(warnings.map(({ entry }) => /\[ack: eventpro:([\w.]+)\]/.exec(entry.data as string)?.[1])).toEqual(
    ALL,
  );
  for (const stack of stacks) {
    const { Rules, Parameters } = Template.fromStack(stack).toJSON() as {
      Rules: Record<string, Rule>;
      Parameters: Record<string, { Default: string }>;
    };
    const { Assertions } = Rules.FilledIn!;
    expect(
      Assertions.map(({ AssertDescription }) => /lib\/config\.ts: ([\w.]+):/.exec(AssertDescription)?.[1]),
    ).toEqual(ALL);
    // With what the parameters are unless somebody says otherwise, each assertion fails.
    for (const { Assert } of Assertions) {
      const [{ Ref }, value] = Assert['Fn::Equals'];
      expect(Parameters[Ref]!.Default).not.toBe(value);
    }
  }
});

test.each([
  ['prod filled in', FILLED_IN],
  ['dev', dev],
  ['staging', staging],
])('%s has no rule of ours, no parameter of ours and no warning', (_, config) => {
  for (const stack of stacksOf(config)) {
    const template = Template.fromStack(stack).toJSON() as Record<'Rules' | 'Parameters', object>;
    expect(Object.keys(template.Rules)).toEqual(['CheckBootstrapVersion']);
    expect(Object.keys(template.Parameters)).toEqual(['BootstrapVersion']);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  }
});

describe('a region', () => {
  const warningsIn = (region: string | undefined) => {
    const stack = new Stack(new App({ context: QUIET_CONTEXT }), 'Stack');
    nameRegion(stack, region);
    return Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data as string);
  };

  test('without durable functions is named, and what to do', () => {
    expect(warningsIn('ap-south-2')).toEqual([
      expect.stringMatching(
        /CancelEvent, AnnounceChange and SendEventMessages .* not known to be in ap-south-2: .*eu-west-1.*DURABLE_FUNCTION_REGIONS/,
      ),
    ]);
  });

  test.each([undefined, ...DURABLE_FUNCTION_REGIONS])('%s needs no word', (region) => {
    expect(warningsIn(region)).toEqual([]);
  });
});

describe('npm run deploy', () => {
  const deploy = (...args: string[]) =>
    spawnSync(process.execPath, ['-r', 'tsx/cjs', join(__dirname, '../../scripts/deploy.ts'), ...args], {
      encoding: 'utf8',
      // The CLI ends at once: there is no such app.
      env: { ...process.env, CDK_APP: 'exit 7' },
    });

  test.each([
    [['EventPro-prod/*']],
    [
      [
        'EventPro-prod/*',
        '--app',
        'cdk.out',
        '--require-approval',
        'never',
        '--outputs-file',
        'cdk-outputs.json',
      ],
    ],
    [['EventPro-prod-Data']],
    [['EventPro-dev/*', 'EventPro-prod/Web']],
    [['**']],
    [['*/Data', '-c', 'canary=off']],
    [['--all']],
    [['-c', 'stage=prod', '*/*']],
  ])('%j is refused, by what is to be filled in and where', (args) => {
    const { status, stderr } = deploy(...args);

    expect(status).toBe(2);
    for (const field of ALL) expect(stderr).toContain(`  ${field}: `);
    expect(stderr).toMatch(/^prod would be of no use\. Fill in its value in lib\/config\.ts:/);
  });

  test.each([
    [['EventPro-dev/*', '--outputs-file', 'cdk-outputs.json']],
    [['EventPro-staging/*']],
    [['--all', '-c', 'stage=dev']],
    [[]],
  ])('%j goes to cdk deploy', (args) => {
    const { status, stderr } = deploy(...args, '--app', 'exit 7');

    expect([status, stderr]).toEqual([1, expect.stringContaining('exited with error 7')]);
  });
});
