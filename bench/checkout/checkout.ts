import { type Measure, type Section, type Size, type Table } from '../report/section';
import { median, pairedRatio, percentile, spreadOf } from '../report/statistics';
import { figure, withSpread } from '../report/table';
import { Child } from '../host/child';
import { type MeasuredServer } from '../server/measured-server';
import { venue } from '../server/venue';
import { type Crowd, type CrowdResult } from './buyers';
import { type Layer, measureLayers } from './layers';

const SEATS_PER_PURCHASE = 2;

/** Purchases of one slice, by how many buy at once: long enough to settle, short enough to alternate. */
const SLICES: readonly ({ readonly buyers: number } & Readonly<Record<Size, number>>)[] = [
  { buyers: 1, full: 200, quick: 40, smoke: 1 },
  { buyers: 8, full: 600, quick: 80, smoke: 2 },
  { buyers: 32, full: 800, quick: 60, smoke: 2 },
  { buyers: 128, full: 1000, quick: 130, smoke: 2 },
];

const SIZES = {
  full: { warmUp: 400, rounds: 5, watched: 150 },
  quick: { warmUp: 100, rounds: 2, watched: 40 },
  smoke: { warmUp: 1, rounds: 1, watched: 1 },
} satisfies Record<Size, object>;

type Design = 'saga' | 'embedded';

interface Slice {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** Processor time of server and engine together, milliseconds a checkout. */
  readonly cpuMs: number;
  readonly failed: number;
}

/** The whole way of a purchase, beside the same steps in one function. */
export const checkout: Measure = {
  name: 'checkout',
  summary: 'latency and throughput of a purchase, beside one function that does it all; time by layer',
  async run({ size, lab, progress }): Promise<Section> {
    const { warmUp: purchasesBefore, rounds, watched } = SIZES[size];
    const server = await lab.server('compared');
    const { child: crowd } = await Child.start<Crowd, CrowdResult, object>('checkout/buyers.ts');
    const figures = [];
    try {
      progress('checkout: warming up');
      await warmUp(server, crowd, purchasesBefore);
      for (const { buyers, [size]: purchases } of SLICES) {
        const slices: Record<Design, Slice[]> = { saga: [], embedded: [] };
        for (let round = 1; round <= rounds; round++) {
          progress(`checkout: ${buyers} buyers, round ${round}`);
          // First the one, then the other, so that neither always finds the warmer caches.
          const order: readonly Design[] = round % 2 ? ['saga', 'embedded'] : ['embedded', 'saga'];
          for (const design of order) {
            slices[design].push(await slice(server, crowd, { design, buyers, purchases }));
          }
        }
        figures.push({ buyers, ...slices });
      }
    } finally {
      await crowd.close();
      await server.close();
    }
    progress('checkout: layers');
    const layers = await measureLayers(lab, watched);
    return {
      name: 'checkout',
      title: 'Checkout',
      tables: [latency(figures), throughput(figures), layerTable(layers)],
      figures: { slices: figures, layers },
    };
  },
};

/** The just-in-time compiler needs some hundred purchases before it stops making things faster. */
async function warmUp(
  server: MeasuredServer,
  crowd: Child<Crowd, CrowdResult>,
  purchases: number,
): Promise<void> {
  for (const design of ['saga', 'embedded'] as const)
    await slice(server, crowd, { design, buyers: 8, purchases });
}

let events = 0;

async function slice(
  server: MeasuredServer,
  crowd: Child<Crowd, CrowdResult>,
  { design, buyers, purchases }: { design: Design; buyers: number; purchases: number },
): Promise<Slice> {
  const eventId = `slice-${++events}`;
  const seats = purchases * SEATS_PER_PURCHASE;
  await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
  const before = cpuOf(server);
  const { wallMs, answers, unanswered, refusal } = await crowd.ask({
    url: design === 'saga' ? `${server.url}/api` : server.embeddedUrl!,
    ...{ eventId, buyers, purchases, seats, seatsPerPurchase: SEATS_PER_PURCHASE },
  });
  const sold = answers.filter(({ status }) => status === 201);
  if (sold.length === 0) {
    throw new Error(`None of ${purchases} purchases was sold by ${design}: ${refusal ?? 'no answer'}`);
  }
  const times = sold.map(({ ms }) => ms);
  return {
    p50: median(times),
    p99: percentile(times, 99),
    perSecond: (sold.length * 1000) / wallMs,
    cpuMs: (cpuOf(server) - before) / purchases,
    failed: answers.length - sold.length + unanswered,
  };
}

function cpuOf(server: MeasuredServer): number {
  const usage = server.usage();
  return usage.server.cpuMs + usage.engine.cpuMs;
}

type Figures = readonly ({ readonly buyers: number } & Record<Design, readonly Slice[]>)[];

function latency(figures: Figures): Table {
  return {
    title: `Latency of a purchase of ${SEATS_PER_PURCHASE} seats, milliseconds`,
    header: ['Buyers at once', 'Saga p50', 'Embedded p50', 'Ratio', 'Saga p99', 'Embedded p99', 'Failed'],
    rows: figures.map(({ buyers, saga, embedded }) => [
      String(buyers),
      withSpread(spreadOf(saga.map(({ p50 }) => p50))),
      withSpread(spreadOf(embedded.map(({ p50 }) => p50))),
      withSpread(
        pairedRatio(
          saga.map(({ p50 }) => p50),
          embedded.map(({ p50 }) => p50),
        ),
      ),
      withSpread(spreadOf(saga.map(({ p99 }) => p99))),
      withSpread(spreadOf(embedded.map(({ p99 }) => p99))),
      String([...saga, ...embedded].reduce((sum, { failed }) => sum + failed, 0)),
    ]),
    notes: [
      'Targets: p50 of at most 10 ms alone, and at most 1.5 times that of one function that does it all.',
      'Saga and embedded take turns, on the same engine, services and machine; a ratio compares neighbours.',
      'Deliveries (queue and e-mail), the pipe, the bus and its consumers run beside the purchases in both.',
    ],
  };
}

function throughput(figures: Figures): Table {
  return {
    title: 'Throughput',
    header: ['Buyers at once', 'Saga /s', 'Embedded /s', 'Ratio', 'Saga CPU ms each', 'Embedded CPU ms each'],
    rows: figures.map(({ buyers, saga, embedded }) => [
      String(buyers),
      withSpread(spreadOf(saga.map(({ perSecond }) => perSecond))),
      withSpread(spreadOf(embedded.map(({ perSecond }) => perSecond))),
      figure(
        pairedRatio(
          saga.map(({ perSecond }) => perSecond),
          embedded.map(({ perSecond }) => perSecond),
        ).median,
      ),
      withSpread(spreadOf(saga.map(({ cpuMs }) => cpuMs))),
      withSpread(spreadOf(embedded.map(({ cpuMs }) => cpuMs))),
    ]),
    notes: [
      'Target: 300 checkouts a second on two cores, the buyers included.',
      'CPU is what server and DynamoDB engine used during the slice, deliveries included, by checkout.',
    ],
  };
}

function layerTable(layers: readonly Layer[]): Table {
  return {
    title: 'Where the time of one purchase goes, one buyer alone',
    header: ['Layer', 'ms'],
    rows: layers.map(({ name, ms }) => [name, withSpread(ms)]),
    notes: [
      'Watched from outside, by a recorder before every service. Its own time is a layer, so the sum is above the p50 of an unwatched purchase.',
      'Services that were called at the same time count each, so the parts can be more than the whole.',
      'Handlers include what it takes the SDKs to build, sign, send and read their requests.',
    ],
  };
}
