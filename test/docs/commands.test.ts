import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { STAGES } from '../../lib/config';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { cloudAssemblyNow } from '../support/cloud-assembly';

const ROOT = join(__dirname, '..', '..');
const SCRIPTS: Readonly<Record<string, string>> = packageJson.scripts;
const PAGES = [
  ...['README.md', 'local/README.md'],
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Every `npm run …`, in a block or between backticks, up to where the shell goes on to something else. */
const commands = PAGES.flatMap((page) =>
  [
    ...readFileSync(join(ROOT, page), 'utf8').matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)([^\n`|;#]*)/g),
  ].map(([text, script, short, args]) => ({
    page,
    text: text.trim(),
    script: (script ?? short)!,
    args: args!,
  })),
);

const stacks = STAGES.flatMap(({ name: stage }) =>
  readStage(cloudAssemblyNow(), `EventPro-${stage}`).map(({ stackName }) => ({
    stage,
    id: stackName.replace(`EventPro-${stage}-`, ''),
  })),
);

test('the pages have commands', () => {
  expect(commands.length).toBeGreaterThan(30);
});

test('every script that a page runs exists', () => {
  expect(commands.filter(({ script }) => !(script in SCRIPTS))).toEqual([]);
});

test('every flag that a page gives to a script is in its help', () => {
  const given = commands.flatMap((command) =>
    [...command.args.replace(/^.*? -- /, '').matchAll(/(?<![\w-])(--?[a-z][\w-]*)/g)].map(([, flag]) => ({
      ...command,
      flag: flag!,
    })),
  );
  const help = new Map(
    [...new Set(given.map(({ script }) => script))].map((script) => [script, helpOf(script)]),
  );

  expect(given.length).toBeGreaterThan(30);
  expect(
    given
      .filter(({ script, flag }) => !new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(help.get(script)!))
      .map(({ page, text, flag }) => `${page}: ${text} has no ${flag}`),
  ).toEqual([]);
});

test('every stage and stack that a command names exists', () => {
  const known = new Set(stacks.map(({ stage, id }) => `${stage}/${id}`));
  const ofSomeStage = new Set(stacks.map(({ id }) => id));
  const names = PAGES.flatMap((page) =>
    [
      ...readFileSync(join(ROOT, page), 'utf8').matchAll(
        /\bEventPro-(\$STAGE|<stage>|\w+)([/-])([A-Z]\w*|\*(?!\*))/g,
      ),
    ].map(([text, stage, , id]) => ({ page, text, stage: stage!, id: id! })),
  );

  expect(names.length).toBeGreaterThan(10);
  expect(
    names.filter(({ stage, id }) => {
      const anyStage = /^[$<]/.test(stage);
      if (id === '*') return !anyStage && !STAGES.some(({ name }) => name === stage);
      return anyStage ? !ofSomeStage.has(id) : !known.has(`${stage}/${id}`);
    }),
  ).toEqual([]);
});

test('every --stage is one of lib/config.ts', () => {
  const stages = commands.flatMap(({ page, text }) =>
    [...text.matchAll(/--stage "?([\w$]+)/g)].map(([, stage]) => ({ page, text, stage: stage! })),
  );

  expect(stages.length).toBeGreaterThan(5);
  expect(
    stages.filter(({ stage }) => !/^\$?STAGE$/.test(stage) && !STAGES.some(({ name }) => name === stage)),
  ).toEqual([]);
});

test('the limits that the runbook goes back to are those of every stage', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const cases = [...runbook.matchAll(/^case \$STAGE in (.*RATE=.*) esac$/gm)].flatMap(([, text]) =>
    [...text!.matchAll(/([\w |]+)\) RATE=(\d+) BURST=(\d+) ;;/g)].flatMap(([, names, rate, burst]) =>
      names!.split('|').map((name) => [name.trim(), { rate: Number(rate), burst: Number(burst) }]),
    ),
  );

  expect(Object.fromEntries(cases)).toEqual(
    Object.fromEntries(STAGES.map(({ name, purchaseThrottle }) => [name, purchaseThrottle])),
  );
});

/** What the script says of itself, which stands in its file; where it is the CDK's CLI, what that says of its command. */
function helpOf(script: string): string {
  const command = SCRIPTS[script]!;
  const file = /(\S+\.ts)$/.exec(command)?.[1];
  const cdk = script === 'deploy' ? 'deploy' : /^cdk (\w+)/.exec(command)?.[1];
  return (file ? readFileSync(join(ROOT, file), 'utf8') : '') + (cdk ? cdkHelp(cdk) : '');
}

function cdkHelp(command: string): string {
  const cli = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  return spawnSync(process.execPath, [cli, command, '--help'], { encoding: 'utf8' }).stdout;
}
