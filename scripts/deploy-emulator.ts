import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { STAGES } from '../lib/config';
import { LocalClock } from '../local/core/clock';
import { Closing } from '../local/core/closing';
import { synthesize } from '../local/cloudformation/synthesize';
import { startStripeServer } from '../local/stripe/stripe-server';
import { adaptAssembly } from './emulator/emulator-assembly';
import { smokeTest, type Through } from './smoke/smoke-test';
import { deployedTarget, readOutputs, type Target } from './smoke/target';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run deploy:emulator -- [options]

Deploys a stage with the real CDK CLI to an emulator of AWS on this machine, bootstrap included, and runs the smoke test
against it. Payments go to a local server that speaks Stripe's API. docs/emulators.md says what each emulator can do.

Options:
  --stage NAME             the stage (default dev)
  --account ID             the emulator's account (default 000000000000)
  --through api|sfn|both   how the smoke test buys (default both)
  --help                   this text

Exit codes: 0 deployed, and everything passed; 1 otherwise.
`;

const PROJECT = join(__dirname, '..');
const REGION = 'us-east-1';

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      account: { type: 'string', default: '000000000000' },
      help: { type: 'boolean', short: 'h' },
      stage: { type: 'string', default: 'dev' },
      through: { type: 'string', default: 'both' },
    },
  });
  const { account, stage, through } = values;
  if (values.help) {
    process.stdout.write(HELP);
    return true;
  }
  const endpoint = emulatorEndpoint();
  const closing = new Closing();
  try {
    const stripe = await startStripeServer({ clock: new LocalClock() });
    closing.push(() => stripe.close());
    const assembly = join(PROJECT, 'dist', 'emulator');
    await synthesize(PROJECT, assembly);
    for (const removed of adaptAssembly(assembly, `EventPro-${stage}`, stripe.url)) say(`without ${removed}`);

    const outputs = join(PROJECT, 'dist', 'emulator-outputs.json');
    const environment = emulatorEnvironment(endpoint);
    await cdk(environment, 'bootstrap', `aws://${account}/${REGION}`, '--app', assembly);
    await cdk(
      environment,
      // With the stacks it depends on: Data and Notification. Monitoring's alarms use metric math, which no emulator computes.
      ...['deploy', `EventPro-${stage}/Checkout`, '--app', assembly],
      ...['--require-approval', 'never', '--outputs-file', outputs],
    );

    const deployed = deployedTarget(readOutputs(outputs), stage);
    const apiUrl = pathStyle(deployed.apiUrl, endpoint);
    const target: Target = {
      ...{ ...deployed, apiUrl, signedApiUrl: apiUrl },
      endpoints: { aws: endpoint, stripe: stripe.url },
      credentials: {
        accessKeyId: environment.AWS_ACCESS_KEY_ID,
        secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
      },
    };
    await finishByHand(target, stage);
    const failed = await smokeTest(target, {
      through: through as Through,
      write: say,
      interrupted: new AbortController().signal,
    });
    return failed.length === 0;
  } finally {
    await closing.run();
  }
}

/** @throws Error unless it is on this machine: what follows must never reach a real account */
function emulatorEndpoint(): string {
  const url = process.env.AWS_ENDPOINT_URL;
  if (!url || !['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) {
    throw new Error(
      `AWS_ENDPOINT_URL must name an emulator on this machine, not ${url ?? 'nothing'}\n\n${HELP}`,
    );
  }
  return url.replace(/\/$/, '');
}

/** The CLI remembers the account of an access key, so each emulator has a key of its own. */
function emulatorEnvironment(endpoint: string) {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: `emulator${new URL(endpoint).port}`,
    AWS_SECRET_ACCESS_KEY: 'emulator',
    AWS_REGION: REGION,
    // A profile of the person at this machine must not be used.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

async function cdk(environment: Record<string, string>, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args], {
    cwd: PROJECT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment, CI: 'true' },
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`cdk ${args[0]} failed (exit code ${String(code)})`);
}

/** `https://ID.execute-api.REGION.amazonaws.com/STAGE` as emulators serve it without a DNS name for each API. */
function pathStyle(apiUrl: string, endpoint: string): string {
  const { hostname, pathname } = new URL(apiUrl);
  return `${endpoint}/restapis/${hostname.split('.')[0]}${pathname}/_user_request_`;
}

/** What a person does around a deployment: put the payment key into its secret, and verify the sender's address. */
async function finishByHand({ stripeSecretArn, ...target }: Target, stage: string): Promise<void> {
  const client = { region: target.region, credentials: target.credentials, endpoint: target.endpoints.aws };
  const secrets = new SecretsManagerClient(client);
  await secrets.send(
    new PutSecretValueCommand({ SecretId: stripeSecretArn, SecretString: 'sk_test_emulator' }),
  );
  const ses = new SESv2Client(client);
  const { emailSender } = STAGES.find(({ name }) => name === stage)!;
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: emailSender }));
  for (const each of [secrets, ses]) each.destroy();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

bypassProxyOnThisMachine();
main().then(
  (passed) => (process.exitCode = passed ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
