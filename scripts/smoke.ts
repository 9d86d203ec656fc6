import { parseArgs } from 'node:util';
import { readOnlyTest } from './smoke/read-only-test';
import { smokeTest, type Through } from './smoke/smoke-test';
import { deployedTarget, localTarget, NoTarget, readOutputs, type Target } from './smoke/target';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run smoke -- [options]

Tests a deployed stage from outside: puts an event of its own, buys tickets with test cards, reads purchase and ticket,
repeats a key, meets a decline, a taken seat and a bank that wants the buyer, who gives up. Then it gives the money back and
deletes all it made, so the stage must pay with a Stripe test key. Logs, metrics and Stripe's own records stay.

With --read-only it buys nothing: it reads what everybody may read, and asks for what must be refused. That is for prod.

Options:
  --stage NAME             the stage (default dev)
  --outputs FILE           what \`npm run deploy -- … --outputs-file FILE\` wrote (default cdk-outputs.json)
  --api-url URL            instead of the API's address in the outputs, for example a custom domain
  --state-machine-arn ARN  instead of the state machine in the outputs, for example one version
  --storefront             through CloudFront, as the pages do; what must be signed goes to the API itself
  --local URL              the local run at this address instead: http://127.0.0.1:3000
  --read-only              write nothing, and need no AWS credentials
  --through api|sfn|both   buy by the API, by starting the workflow, or both (default)
  --help                   this text

AWS credentials come from the environment or the profile, as for the AWS CLI. They need to call the API's PUT, start the
state machine, read the secret of the Stripe key, and delete from the tables and buckets.

Exit codes: 0 everything passed; 1 a check failed; 2 there is nothing to test, or the arguments are wrong;
3 the clean-up failed, something is left behind.
`;

const EXIT = { checkFailed: 1, noTarget: 2, leftBehind: 3 } as const;

async function main(): Promise<number> {
  const { help, through, 'read-only': readOnly, ...wanted } = readArguments();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Once: the check under way ends, the clean-up runs. A second signal does not wait.
    process.once(signal, () => interrupted.abort(new Error(`Ended by ${signal}`)));
  }
  const target = await findTarget(wanted);
  const options = {
    write: (line: string) => void process.stdout.write(`${line}\n`),
    interrupted: interrupted.signal,
  };
  const failed = readOnly
    ? await readOnlyTest(target, options)
    : await smokeTest(target, { through, ...options });
  return failed.length > 0 ? EXIT.checkFailed : 0;
}

interface Wanted {
  readonly stage: string;
  readonly outputs: string;
  readonly local?: string;
  readonly storefront: boolean;
  readonly 'api-url'?: string;
  readonly 'state-machine-arn'?: string;
}

async function findTarget(wanted: Wanted): Promise<Target> {
  if (wanted.local) return localTarget(wanted.local);
  const target = deployedTarget(readOutputs(wanted.outputs), wanted.stage, wanted);
  const url = wanted['api-url']?.replace(/\/$/, '');
  return {
    ...{ ...target, ...(url && { apiUrl: url, signedApiUrl: url }) },
    stateMachineArn: wanted['state-machine-arn'] ?? target.stateMachineArn,
  };
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'api-url': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        local: { type: 'string' },
        'read-only': { type: 'boolean', default: false },
        outputs: { type: 'string', default: 'cdk-outputs.json' },
        stage: { type: 'string', default: 'dev' },
        'state-machine-arn': { type: 'string' },
        storefront: { type: 'boolean', default: false },
        through: { type: 'string', default: 'both' },
      },
    });
    if (!['api', 'sfn', 'both'].includes(values.through)) {
      throw new Error(`--through is api, sfn or both, not ${values.through}`);
    }
    if (values.storefront && (values.local ?? values['api-url'])) {
      throw new Error(
        '--storefront is the CloudFront of a deployed stage: it goes with neither --local nor --api-url',
      );
    }
    return { ...values, through: values.through as Through };
  } catch (error) {
    throw new NoTarget(`${(error as Error).message}\n\n${HELP}`);
  }
}

bypassProxyOnThisMachine();
main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof NoTarget ? EXIT.noTarget : EXIT.leftBehind;
  },
);
