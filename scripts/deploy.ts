import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { STAGES, type StageConfig } from '../lib/config';
import { gapsOf, textOf } from '../lib/readiness';
import { messageOf } from '../local/aws/error-message';

const HELP = `Usage: npm run deploy -- STACKS... [options of cdk deploy]

Deploys stages by \`cdk deploy\`, which gets every argument as it is. It refuses a stage that keeps its data while
lib/config.ts lacks what that stage cannot do without.

Stacks:
  'EventPro-dev/*'     every stack of the stage dev; quoted, so that the shell leaves the star alone
  EventPro-dev/Web     one stack, and what it stands on

Options that are often needed (npx cdk deploy --help lists all):
  --outputs-file FILE          write the outputs, for npm run smoke
  --require-approval never     do not ask before permissions change
  -c canary=off                change to the new version all at once
  --help                       this text

Environment:
  AWS_REGION                   the region (default: that of the profile); a stage may be in several

Exit codes: those of cdk deploy; 2 when a stage is not filled in.
`;

const CDK = join(__dirname, '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const refused = selectedStages(args).filter((stage) => gapsOf(stage).length > 0);
  for (const stage of refused) {
    const gaps = gapsOf(stage).map((gap) => `  ${textOf(gap)}\n`);
    process.stderr.write(
      `${stage.name} would be of no use. Fill in its value in lib/config.ts:\n${gaps.join('')}` +
        `The stage staging rehearses prod with nothing filled in; to deploy some stages alone, name them: 'EventPro-dev/*'.\n`,
    );
  }
  return refused.length > 0 ? 2 : deploy(args);
}

/** The stages that the arguments mean, and when in doubt all of them: the name of another one clears a stage. */
function selectedStages(args: readonly string[]): readonly StageConfig[] {
  const only = args.map((arg) => /(?:^|=)stage=(.+)$/.exec(arg)?.[1]).find((name) => name !== undefined);
  const within = STAGES.filter(({ name }) => only === undefined || name === only);
  // What else has neither a stack's name nor a wildcard is the value of an option.
  const patterns = args.filter((arg) => arg === '--all' || /^[^-].*[*?[{(]|^[*?[{(]|^EventPro\b/.test(arg));
  const named = (pattern: string) =>
    within.filter(({ name }) => new RegExp(`EventPro-${name}\\b(?!-\\w+/)`).test(pattern));
  return within.filter((stage) =>
    patterns.some((pattern) => named(pattern).length === 0 || named(pattern).includes(stage)),
  );
}

async function deploy(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [CDK, 'deploy', ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child as well, which ends in its own time; a signal to this process alone is handed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
