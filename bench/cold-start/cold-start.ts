import { join } from 'node:path';
import { type FunctionName } from '../../lib/functions';
import { type Bundle, buildBundles, bundle } from '../bundles';
import { runNode } from '../host/run-node';
import { type Measure, type Table } from '../report/section';
import { pairedRatio, type Spread, spreadOf } from '../report/statistics';
import { figure, withSpread } from '../report/table';
import { type FirstCall, firstCalls } from './first-calls';

/** The steps of the saga: a buyer waits for each. */
const STEPS: readonly FunctionName[] = [
  'ReserveSeat',
  'ProcessPayment',
  'GenerateTicket',
  'SendConfirmation',
  'RefundPayment',
  'ReleaseSeat',
];

/** A step may take this much longer to load than the DynamoDB client alone. */
const TARGET_RATIO = 1.3;

/** Which functions may carry a large package; any other function that has it carries what it does not use. */
const RESERVED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@cantoo/pdf-lib': ['GenerateTicket', 'AnnounceChange'],
  stripe: [
    'ProcessPayment',
    'RefundPayment',
    'Audit',
    'GetAuthentication',
    'ClaimCancellation',
    'ReceiveStripeEvent',
    'ProcessOrderPayment',
    'RefundOrder',
    'GetOrderAuthentication',
    'PostOrderAuthentication',
    'FindPurchases',
  ],
  '@aws-sdk/client-s3': ['GenerateTicket', 'AnnounceChange', 'GetTicket', 'Audit', 'EraseBuyer'],
};

/** What there is to compare with: nothing at all, and the DynamoDB client alone, bundled as the functions are. */
const BASELINES = {
  empty: 'bench/cold-start/baselines/empty.ts',
  dynamodb: 'bench/cold-start/baselines/dynamodb.ts',
} as const;

/** The same client with its packages whole, as anybody would bundle it. */
const WHOLE = { 'dynamodb-whole': BASELINES.dynamodb } as const;

interface Load {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** How long each deployed bundle takes to load in a fresh process, and what is in it. */
export const coldStart: Measure = {
  name: 'cold-start',
  summary: 'load time, size and contents of every bundle, beside the DynamoDB client alone',
  async run({ size, lab, progress }) {
    const baselines = await bundle(Object.entries(BASELINES));
    const whole = await bundle(Object.entries(WHOLE), { alias: {} });
    const functions = size === 'smoke' ? await buildBundles({}, STEPS) : await buildBundles();
    const bundles = [...functions.values(), ...baselines.values(), ...whole.values()];
    const loads = new Map<string, Load[]>(bundles.map(({ name }) => [name, []]));
    const rounds = { full: 15, quick: 5, smoke: 1 }[size];
    for (let round = 1; round <= rounds; round++) {
      progress(`cold start: round ${round} of ${rounds}`);
      for (const { name, file } of bundles) loads.get(name)!.push(await load(file));
    }

    progress('cold start: first calls');
    const called = await firstCalls(lab, { rounds: { full: 9, quick: 3, smoke: 1 }[size], steps: STEPS });

    const cpuOf = (name: string) => loads.get(name)!.map(({ cpuMs }) => cpuMs);
    const figures = bundles.map((bundle) => ({
      ...bundle,
      wallMs: spreadOf(loads.get(bundle.name)!.map(({ wallMs }) => wallMs)),
      cpuMs: spreadOf(cpuOf(bundle.name)),
      ratio: pairedRatio(cpuOf(bundle.name), cpuOf('dynamodb')),
      ratioToWhole: pairedRatio(cpuOf(bundle.name), cpuOf('dynamodb-whole')),
      misplaced: misplacedIn(bundle),
    }));
    return {
      name: 'cold-start',
      title: 'Cold start',
      tables: [times(figures, rounds), firstCallTimes(called), contents(figures)],
      figures: { bundles: figures, firstCalls: called },
    };
  },
};

async function load(file: string): Promise<Load> {
  const { stdout } = await runNode([join(__dirname, 'load-bundle.js'), file], {
    env: { AWS_REGION: 'us-east-1' },
  });
  return JSON.parse(stdout) as Load;
}

/** Packages the function carries and does not use. */
export function misplacedIn({ name, packages }: Pick<Bundle, 'name' | 'packages'>): string[] {
  return packages
    .map((share) => share.name)
    .filter((each) => RESERVED_PACKAGES[each] && !RESERVED_PACKAGES[each].includes(name));
}

interface Figures extends Bundle {
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly ratio: Spread;
  readonly ratioToWhole: Spread;
  readonly misplaced: readonly string[];
}

function times(figures: readonly Figures[], rounds: number): Table {
  return {
    title: 'Loading a bundle in a fresh process',
    header: [
      ...['Bundle', 'kB', 'Wall ms', 'CPU ms'],
      ...['× DynamoDB client', `Target ≤ ${TARGET_RATIO}`, '× the client whole'],
    ],
    rows: figures.map(({ name, bytes, wallMs, cpuMs, ratio, ratioToWhole }) => [
      name,
      figure(bytes / 1000),
      withSpread(wallMs),
      withSpread(cpuMs),
      figure(ratio.median),
      STEPS.some((step) => step === name) ? (ratio.median <= TARGET_RATIO ? 'met' : 'missed') : '',
      figure(ratioToWhole.median),
    ]),
    notes: [
      `Medians and quartiles of ${rounds} rounds; a round loads every bundle once, so a ratio compares neighbours.`,
      'A ratio is of processor time, which other processes disturb less than the clock on the wall.',
      'The client is bundled with the very same options; whole it has what `lib/bundle.ts` replaces, as anybody would bundle it.',
      'On Lambda, add the start of the sandbox and of Node.js, and divide the speed by what the memory size buys.',
    ],
  };
}

function firstCallTimes(calls: readonly FirstCall[]): Table {
  const of = (name: FunctionName, value: (call: FirstCall) => number) =>
    spreadOf(calls.filter((call) => call.function === name).map(value));
  return {
    title: 'Until a function that was not there has answered, milliseconds of processor time',
    header: ['Function', 'Load', 'First call', 'Second call', 'Load and first call'],
    rows: STEPS.map((name) => [
      name,
      withSpread(of(name, ({ loadMs }) => loadMs)),
      withSpread(of(name, ({ firstMs }) => firstMs)),
      withSpread(of(name, ({ secondMs }) => secondMs)),
      figure(of(name, ({ loadMs, firstMs }) => loadMs + firstMs).median),
    ]),
    notes: [
      'Each in a thread of its own, whose start is part of the load; medians and quartiles.',
      'RefundPayment and ReleaseSeat run where the ticket cannot be made.',
    ],
  };
}

function contents(figures: readonly Figures[]): Table {
  return {
    title: 'What the bundles hold',
    header: ['Bundle', 'Largest packages (kB)', 'Carries what it does not use'],
    rows: figures.map(({ name, packages, misplaced }) => [
      name,
      packages
        .slice(0, 6)
        .map((share) => `${share.name} ${figure(share.bytes / 1000)}`)
        .join(', '),
      misplaced.join(', ') || 'no',
    ]),
  };
}
