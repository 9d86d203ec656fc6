import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from '../local/cloudformation/synthesize';
import { messageOf } from '../local/aws/error-message';

const CFN_LINT = process.env.CFN_LINT ?? 'cfn-lint';

/** Regions to check: not every resource type and property exists in each. */
const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'];

/**
 * W3005 calls a DependsOn redundant that CDK writes for every function: on the role, which Role refers to, as well as on
 * the role's policy. One order said twice harms nothing, and CDK has no switch for it.
 */
const ARGUMENTS = ['--ignore-checks', 'W3005', '--regions', ...REGIONS];

const INSTALL = 'pipx install cfn-lint==1.58.0';

const EXIT = { clean: 0, unusable: 2, interrupted: 130 } as const;

const HELP = `Usage: npm run lint:templates

Synthesises every stage and asks cfn-lint about each template, for the regions
${REGIONS.join(', ')}.

cfn-lint is no dependency of this project: ${INSTALL}
The variable CFN_LINT names another executable.

Options:
  --help    this text

Exit codes: ${EXIT.clean} no findings; ${EXIT.unusable} wrong options, or there is no cfn-lint; ${EXIT.interrupted} interrupted; else that of cfn-lint, or 1.
`;

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return EXIT.clean;
    }
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\nnpm run lint:templates -- --help tells how it is used.\n`);
    return EXIT.unusable;
  }
  if (spawnSync(CFN_LINT, ['--version']).error) {
    process.stderr.write(`${CFN_LINT} is not installed. Get it with: ${INSTALL}\n`);
    return EXIT.unusable;
  }
  const directory = mkdtempSync(join(tmpdir(), 'eventpro-lint-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
  await synthesize(join(__dirname, '..'), directory);
  const templates = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(directory, file));
  const { status, signal } = spawnSync(CFN_LINT, [...ARGUMENTS, '--template', ...templates], {
    stdio: 'inherit',
  });
  if (signal === 'SIGINT') return EXIT.interrupted;
  if (status === 0) process.stdout.write(`${templates.length} templates, no findings\n`);
  return status ?? 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
