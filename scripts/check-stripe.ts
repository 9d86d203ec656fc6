import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { LocalClock } from '../local/core/clock';
import { startStripeServer } from '../local/stripe/stripe-server';
import { differences, text } from './check-stripe/compare';
import { checkEndpoints } from './check-stripe/endpoint';
import { NOT_PLAYED, OUTCOMES } from './check-stripe/outcomes';
import { outcomeOf, sdkFor, Shop } from './check-stripe/shop';

const STRIPE = 'https://api.stripe.com';

/** Milliseconds from one request to the next: four a second, of the 25 that a sandbox takes ("Rate limits"). */
const GAP = 250;

/** Of the local server, and of whatever is played in Stripe's place: no real key goes anywhere but to Stripe. */
const LOCAL_KEY = 'sk_test_local';

const HELP = `Usage: STRIPE_SECRET_KEY=sk_test_… npm run check:stripe [-- options]

Plays every outcome of the payment gateway against Stripe's sandbox and against the local Stripe server, which it starts
itself, and compares what they come to, call by call, in the fields that the gateway reads. What it has paid it gives back,
what a bank holds it frees; the records of a sandbox stay. It takes some minutes, at four requests a second. At the end it
names what no program can play, and how a person can.

The key is a secret or restricted test key (sk_test_…, rk_test_…; a restricted one needs to write payment intents, refunds,
and confirmation tokens, and to read charges and balance transactions). Read it from the keyboard, so that it stays out of the shell's history:

  read -rs STRIPE_SECRET_KEY && export STRIPE_SECRET_KEY; npm run check:stripe

A live key is refused before anything is asked.

With --endpoint it plays nothing. It lists the account's webhook endpoints and says what the one of a stage lacks: events that
POST /stripe-events listens to, the API version, whether it is enabled. That only reads, so it takes a live key, too, best a
restricted one that may read webhook endpoints (rk_live_…). Stripe does not tell the signing secret again: whether the stage has
the right one, the first event tells, or the alarm on refused ones.

Options:
  --endpoint URL  look at the endpoint of a stage, whose URL is its output StripeEventsUrl
  --against URL   play another server that speaks Stripe's API in Stripe's place, with a local key
  --only TEXT     only the outcomes whose name has this text
  --list          name the outcomes, and those that no program can play, and end
  --help          this text

Exit codes: 0 both agree; 1 they differ; 2 the key or the options are wrong, or there is nothing to compare with. With
--endpoint: 0 it is right; 1 it lacks something, or there is none; 2 the same.
`;

const EXIT = { differs: 1, failed: 1, usage: 2, interrupted: 130 } as const;

/** There is nothing to compare, or no way to it. */
class NothingToCompare extends Error {
  override readonly name = 'NothingToCompare';
}

const print = (line = '') => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { help, list, only, against, endpoint } = readArguments();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (endpoint !== undefined) return checkEndpoint(endpoint, against);
  const wanted = OUTCOMES.filter(({ name }) => name.includes(only));
  if (wanted.length === 0) throw new NothingToCompare(`No outcome has "${only}" in its name: see --list`);
  if (list) {
    for (const { name } of wanted) print(name);
    printNotPlayed();
    return 0;
  }
  const theirs = against ? { server: against, secretKey: LOCAL_KEY, gap: 0 } : sandbox();
  const interrupted = new AbortController();
  // Once: the outcome under way ends, the clean-up runs. A second signal does not wait.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  return compare(wanted, theirs, { name: against ? 'server' : 'Stripe', interrupted: interrupted.signal });
}

async function compare(
  wanted: typeof OUTCOMES,
  theirs: { server: string; secretKey: string; gap: number },
  { name, interrupted }: { name: string; interrupted: AbortSignal },
): Promise<number> {
  const stage = `check-${randomBytes(6).toString('hex')}`;
  const localServer = await startStripeServer({ clock: new LocalClock() });
  const shop = await Shop.open({ ...theirs, stage });
  const local = await Shop.open({ server: localServer.url, secretKey: LOCAL_KEY, stage, gap: 0 });
  let differing = 0;
  try {
    await refuseUnusable(shop, theirs.server);
    print(`${'outcome'.padEnd(WIDTH)} | ${name} and the local server`);
    print(`${'-'.repeat(WIDTH)} | ${'-'.repeat(60)}`);
    for (const outcome of wanted) {
      if (interrupted.aborted) break;
      // One after the other: the n-th purchase is the same for both.
      const recordings = [await shop.record(outcome.play), await local.record(outcome.play)] as const;
      const found = differences(...recordings);
      const results = recordings[0].results.map(text).join(' → ');
      print(`${outcome.name.padEnd(WIDTH)} | ${found.length === 0 ? `agree: ${results}` : 'DIFFER'}`);
      for (const { where, left, right } of found) {
        print(`${''.padEnd(WIDTH)} |   ${where}: ${name} ${text(left)}, local ${text(right)}`);
      }
      if (found.length > 0) differing++;
    }
  } finally {
    const left = await shop.cleanUp();
    if (left.length > 0) print(`\nNot given back, look at them in the sandbox: ${left.join(', ')}`);
    await Promise.all([shop.close(), local.close()]);
    await localServer.close();
  }
  if (interrupted.aborted) {
    print('\nInterrupted: the rest was not played.');
    return EXIT.interrupted;
  }
  printNotPlayed();
  print(`\n${wanted.length - differing} of ${wanted.length} outcomes agree`);
  return differing === 0 ? 0 : EXIT.differs;
}

/** @param against a server in Stripe's place */
async function checkEndpoint(url: string, against: string | undefined): Promise<number> {
  const server = against ?? STRIPE;
  const sdk = sdkFor(against ? LOCAL_KEY : endpointKey(), server);
  const endpoints = sdk.webhookEndpoints.list({ limit: 100 });
  const listed = await endpoints.autoPagingToArray({ limit: 10_000 }).catch((error: Error) => error);
  if (listed instanceof Error) throw unusable(server, await outcomeOf(Promise.reject(listed)));
  const { lines, isRight } = checkEndpoints(listed, url);
  lines.forEach(print);
  return isRight ? 0 : EXIT.differs;
}

const WIDTH = Math.max(...OUTCOMES.map(({ name }) => name.length));

/** @throws NothingToCompare when the server does not answer, or not with this key */
async function refuseUnusable(shop: Shop, server: string): Promise<void> {
  const answer = await outcomeOf(shop.sdk.paymentIntents.list({ limit: 1 }).then(() => 'ok'));
  if (answer === 'ok') return;
  throw unusable(server, answer);
}

function unusable(server: string, answer: unknown): NothingToCompare {
  return new NothingToCompare(
    String(answer).startsWith('StripeConnection')
      ? `${server} does not answer`
      : `${server} refuses the key (${String(answer)})`,
  );
}

/** @throws NothingToCompare without a secret or restricted key, of a sandbox or a live one: nothing is written with it */
function endpointKey(): string {
  const secretKey = process.env.STRIPE_SECRET_KEY?.trim() ?? '';
  if (/^(sk|rk)_(test|live)_\w+$/.test(secretKey)) return secretKey;
  const what = secretKey === '' ? 'is not set' : 'is no secret or restricted key';
  throw new NothingToCompare(`STRIPE_SECRET_KEY ${what}: it must begin with sk_ or rk_.\n\n${HELP}`);
}

/** @throws NothingToCompare without a test key; nothing of a key is ever printed */
function sandbox() {
  const secretKey = process.env.STRIPE_SECRET_KEY?.trim() ?? '';
  if (/^[a-z]+_live_/.test(secretKey)) {
    throw new NothingToCompare(
      'STRIPE_SECRET_KEY is a live key: with it, this would move money. Nothing was asked. Take a test key (sk_test_…).',
    );
  }
  if (!/^(sk|rk)_test_\w+$/.test(secretKey)) {
    const what = secretKey === '' ? 'is not set' : 'is no secret test key';
    throw new NothingToCompare(
      `STRIPE_SECRET_KEY ${what}: it must begin with sk_test_ or rk_test_. Stripe's dashboard → Developers → API keys, ` +
        `in a sandbox, has one.\n\n${HELP}`,
    );
  }
  return { server: STRIPE, secretKey, gap: GAP };
}

function printNotPlayed(): void {
  print('\nNot played:');
  for (const what of NOT_PLAYED) print(`- ${what}`);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        against: { type: 'string' },
        endpoint: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
      },
    });
    if (values.against !== undefined && !/^https?:$/.test(protocolOf(values.against))) {
      throw new Error(`--against takes the URL of a server, not ${values.against}`);
    }
    if (values.endpoint !== undefined && !/^https?:$/.test(protocolOf(values.endpoint))) {
      throw new Error(`--endpoint takes the URL of a stage's endpoint, not ${values.endpoint}`);
    }
    return values;
  } catch (error) {
    throw new NothingToCompare(`${(error as Error).message}\n\n${HELP}`);
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    // An error that is not our own may quote what was sent.
    const words = error instanceof NothingToCompare ? error.message : `Failed: ${(error as Error).stack}`;
    process.stderr.write(`${words.replaceAll(process.env.STRIPE_SECRET_KEY || '\0', '…')}\n`);
    process.exitCode = error instanceof NothingToCompare ? EXIT.usage : EXIT.failed;
  },
);
