import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Template } from 'aws-cdk-lib/assertions';
import packageJson from '../../package.json';
import { anchorOf } from '../../lib/alarm/runbook';
import { synthesizedStage } from '../support/synthesized-stage';

const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
const prod = synthesizedStage('prod');
/** Has a print partner. */
const dev = synthesizedStage('dev');
const STACKS: Readonly<Record<string, Template>> = {
  Data: prod.data,
  Notification: prod.notification,
  Event: dev.event,
  Checkout: prod.checkout,
  Order: prod.order,
  Monitoring: prod.monitoring,
};

/** The headings of the third level, by the second they are under. */
const headings = new Map<string, string[]>();
for (const [, level, text] of runbook.matchAll(/^(##|###) (.+)$/gm)) {
  if (level === '##') headings.set(text!, []);
  else [...headings.values()].at(-1)!.push(text!);
}

const alarms = [...Object.values(STACKS), dev.monitoring].flatMap((template) =>
  Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
    ([id, { Properties }]) => [id, Properties.AlarmDescription as string] as const,
  ),
);
const links = alarms.map(([, description]) => /docs\/runbook\.md#(\S+)$/.exec(description)?.[1]);

test('there are alarms, and those beside the monitoring stack take deployments back', () => {
  const { Checkout, Monitoring, ...others } = STACKS;
  const alarmsOf = (template: Template) => Object.entries(template.findResources('AWS::CloudWatch::Alarm'));

  expect(alarmsOf(Monitoring!).length).toBeGreaterThan(30);
  expect(Object.values(others).flatMap(alarmsOf)).toEqual([]);
  for (const [, { Properties }] of alarmsOf(Checkout!)) {
    expect(Properties.AlarmDescription).toMatch(/#a-deployment-is-taken-back$/);
  }
});

test.each(alarms)('%s says what is at stake, and links to a heading', (id, description) => {
  const [, impact, anchor] = /^Impact: (.{20,}\.)\nRunbook: docs\/runbook\.md#(\S+)$/.exec(description)!;

  expect(impact).not.toMatch(/undefined|TODO/);
  expect(headings.get('Alarms')!.map(anchorOf)).toContain(anchor);
  expect(description.length).toBeLessThan(1_024);
  expect(id).not.toMatch(/undefined/);
});

test('every heading belongs to an alarm or is a procedure', () => {
  expect([...headings.keys()]).toEqual(['Set up', 'Alarms', 'Procedures']);
  expect(headings.get('Set up')).toEqual([]);
  expect(headings.get('Alarms')!.filter((heading) => !links.includes(anchorOf(heading)))).toEqual([]);
  expect(headings.get('Procedures')).toEqual([
    'Rotate the Stripe key',
    "Roll the secret of Stripe's events",
    'An event is cancelled',
    'An event is postponed or moved',
    'Redrive a dead-letter queue',
    'Replay domain events',
    'Give the print partner another key',
    'Settle a purchase by hand',
    'Cancel a purchase',
    'A buyer asks for their data',
    'Restore tables from point-in-time recovery',
    'Roll back a deploy',
    'Take an export out of use',
    'Shed load',
    'The first hour of a sale',
    'A region is lost',
    'What a destroyed stage leaves',
  ]);
});

test.each(headings.get('Alarms')!)('%s: what it means, how to look, what to do', (heading) => {
  const section = runbook.split(`### ${heading}\n`)[1]!.split(/^##/m)[0]!;

  expect(section.match(/^\*\*(.+?)\.\*\*/gm)).toEqual([
    '**Meaning.**',
    '**How to look.**',
    '**What to do.**',
  ]);
});

describe('what a command names exists', () => {
  /** The shell variable of the loops stands for these. */
  const functions = ['Reconcile', 'Audit'];
  const resources = [...runbook.matchAll(/\bname (\w+) ("?[\w$]+"?) (AWS::\w+::\w+)/g)].flatMap(
    ([, stack, id, type]) =>
      (id === '"$fn"' ? functions : [id!]).map((prefix) => [stack!, prefix, type!] as const),
  );
  const logs = [...runbook.matchAll(/\blogs (\w+) (\w+) /g)].map(
    ([, stack, fn]) => [stack!, `${fn}Log`, 'AWS::Logs::LogGroup'] as const,
  );
  const unique = [...new Set([...resources, ...logs].map((each) => each.join(' ')))].map((each) =>
    each.split(' '),
  );

  test.each(unique)('in %s, one resource %s of type %s', (stack, prefix, type) => {
    const ids = Object.keys(STACKS[stack]!.findResources(type)).filter((id) => id.startsWith(prefix));

    // The first is taken: it must not depend on the order.
    expect(ids).toHaveLength(1);
  });

  test.each([...new Set([...runbook.matchAll(/\bout ([A-Z]\w+) ([A-Z]\w+)/g)].map(([text]) => text))])(
    '%s',
    (text) => {
      const [, stack, output] = text.split(' ');

      expect(Object.keys(STACKS[stack!]!.findOutputs('*'))).toContain(output);
    },
  );

  test('every npm script', () => {
    const scripts = [...runbook.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);

    expect(scripts).toContain('redrive');
    expect(scripts.filter((script) => !(script in packageJson.scripts))).toEqual([]);
  });
});
