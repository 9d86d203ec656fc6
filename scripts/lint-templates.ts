import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/cloudformation/synthesize';
import { messageOf } from '../local/aws/error-message';

/**
 * cfn-lint's opinion on every template of every stage: `npm run lint:templates`. cfn-lint is no dependency of this
 * project; where it is not installed, this says how to get it. `CFN_LINT` names another executable.
 */
const CFN_LINT = process.env.CFN_LINT ?? 'cfn-lint';

/** Regions to check: not every resource type and property exists in each. */
const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'];

/**
 * W3005 calls a DependsOn redundant that CDK writes for every function: on the role, which Role refers to, as well as on
 * the role's policy. One order said twice harms nothing, and CDK has no switch for it.
 */
const ARGUMENTS = ['--ignore-checks', 'W3005', '--regions', ...REGIONS];

async function main(): Promise<number> {
  if (spawnSync(CFN_LINT, ['--version']).error) {
    process.stderr.write(`${CFN_LINT} is not installed. Get it with: pipx install cfn-lint==1.58.0\n`);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'eventpro-lint-'));
  try {
    await synthesize(join(__dirname, '..'), directory);
    const templates = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(directory, file));
    const { status } = spawnSync(CFN_LINT, [...ARGUMENTS, '--template', ...templates], {
      stdio: 'inherit',
    });
    if (status === 0) process.stdout.write(`${templates.length} templates, no findings\n`);
    return status ?? 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
