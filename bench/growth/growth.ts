import { randomUUID } from 'node:crypto';
import { PRICES } from '../prices';
import { consumptionOf } from '../cost/consumption';
import { stageSettings, templatesOf } from '../cost/stage-templates';
import { observeCheckouts } from '../server/observe-checkouts';
import { type Measure, type Section, type Size, type Table } from '../report/section';
import { median } from '../report/statistics';
import { figure } from '../report/table';
import { type Lab } from '../server/lab';
import { type MeasuredServer } from '../server/measured-server';
import { seatId, venue } from '../server/venue';

const MILLION = 1e6;

/** Seats of a purchase and of the venue, open holds, purchases in the table; and how many purchases are timed for each. */
const SIZES = {
  full: {
    ...{ seats: [1, 2, 4, 8], venues: [300, 3_000, 20_000, 60_000], holds: [0, 500, 1_000] },
    ...{ inTable: [0, 100_000, 1_000_000], watched: 40, warmUp: 150, timed: 50 },
  },
  quick: {
    ...{ seats: [1, 8], venues: [300, 3_000, 20_000, 60_000], holds: [0, 500, 1_000] },
    ...{ inTable: [0, 20_000], watched: 10, warmUp: 30, timed: 15 },
  },
  smoke: {
    ...{ seats: [1, 8], venues: [300, 3_000], holds: [0, 25] },
    ...{ inTable: [0, 50], watched: 1, warmUp: 1, timed: 1 },
  },
} satisfies Record<Size, object>;

/** What latency and cost do when a purchase, a venue, the holds or the table grow. */
export const growth: Measure = {
  name: 'growth',
  summary: 'latency and cost by seats a purchase, seats of the venue, open holds, purchases in the table',
  async run({ size, lab, progress }): Promise<Section> {
    const { seats: seatsOfPurchases, watched, warmUp, timed, ...sizes } = SIZES[size];
    const perPurchase = [];
    for (const seats of seatsOfPurchases) {
      progress(`growth: ${seats} seats a purchase`);
      perPurchase.push(await bySeatsOfPurchase(lab, seats, watched));
    }
    const server = await lab.server('plain');
    try {
      await purchaseTimes(server, 'growth-warm-up', 2_000, warmUp);
      const venues = [];
      for (const seats of sizes.venues) {
        progress(`growth: a venue of ${seats} seats`);
        venues.push(await byVenue(server, seats, timed));
      }
      progress('growth: open holds');
      const holds = [];
      for (const held of sizes.holds) holds.push(await byHolds(server, held, timed));
      const tables = [];
      let before = 0;
      for (const purchases of sizes.inTable) {
        progress(`growth: ${purchases} purchases in the table`);
        await server.ask({ ask: 'add-purchases', count: purchases - before });
        before = purchases;
        const { p50 } = await purchaseTimes(server, `after-${purchases}`, 2_000, timed);
        tables.push({ purchases, p50, engineMiB: server.usage().engine.rss / 2 ** 20 });
      }
      const figures = { perPurchase, venues, holds, tables };
      return { name: 'growth', title: 'Growth', tables: tablesOf(figures), figures };
    } finally {
      await server.close();
    }
  },
};

async function bySeatsOfPurchase(lab: Lab, seatsPerPurchase: number, purchases: number) {
  const observed = await observeCheckouts(lab, { purchases, seatsPerPurchase });
  const templates = templatesOf(await lab.assembly(), 'EventPro-prod');
  const { steps } = consumptionOf(observed, stageSettings(templates));
  const writeUnits = steps.reduce((sum, step) => sum + step.writeUnits, 0);
  return {
    seats: seatsPerPurchase,
    p50: median(observed.observed.map(({ totalMs }) => totalMs)),
    writeUnits,
    dollars: writeUnits * PRICES.dynamoDbWriteUnit,
    drawingMs: steps.find(({ name }) => name === 'GenerateTicket')!.busyMs,
  };
}

async function byVenue(server: MeasuredServer, seats: number, purchases: number) {
  const eventId = `venue-${seats}`;
  const { p50 } = await purchaseTimes(server, eventId, seats, purchases);
  const layout = venue(seats);
  const map = `${server.url}/api/events/${eventId}/seats`;
  const section = `${map}?section=${encodeURIComponent(layout.sections[0]!.section)}`;
  return {
    ...{ seats, p50, sections: layout.sections.length },
    layoutReadUnits: Math.ceil(Buffer.byteLength(JSON.stringify(layout)) / 4_096),
    section: await answerOf(section, 9),
    whole: await answerOf(map, 3),
  };
}

async function byHolds(server: MeasuredServer, held: number, purchases: number) {
  const eventId = `holds-${held}`;
  await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
  if (held > 0) await server.ask({ ask: 'take-seats', eventId, seats: held, status: 'HELD' });
  const section = `${server.url}/api/events/${eventId}/seats?section=${encodeURIComponent('Section 1')}`;
  const map = await answerOf(section, 9);
  const { p50 } = await buyOneByOne(server, eventId, purchases, held);
  return { held, p50, sectionMs: map.ms };
}

async function purchaseTimes(server: MeasuredServer, eventId: string, seats: number, purchases: number) {
  await server.ask({ ask: 'put-event', eventId, layout: venue(seats) });
  return buyOneByOne(server, eventId, purchases, 0);
}

async function buyOneByOne(server: MeasuredServer, eventId: string, purchases: number, firstFree: number) {
  const times: number[] = [];
  for (let purchase = 0; purchase < purchases; purchase++) {
    const first = firstFree + purchase * 2;
    const startedAt = performance.now();
    const response = await fetch(`${server.url}/api/purchases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({
        ...{ eventId, seats: [seatId(first), seatId(first + 1)], paymentMethod: 'pm_card_visa' },
        buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      }),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`A purchase failed: ${response.status} ${text}`);
    times.push(performance.now() - startedAt);
  }
  return { p50: median(times) };
}

async function answerOf(url: string, times: number) {
  const samples: number[] = [];
  let status = 0;
  let bytes = 0;
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now();
    const response = await fetch(url);
    bytes = (await response.arrayBuffer()).byteLength;
    status = response.status;
    samples.push(performance.now() - startedAt);
  }
  return { status, bytes, ms: median(samples) };
}

interface Figures {
  readonly perPurchase: readonly Awaited<ReturnType<typeof bySeatsOfPurchase>>[];
  readonly venues: readonly Awaited<ReturnType<typeof byVenue>>[];
  readonly holds: readonly Awaited<ReturnType<typeof byHolds>>[];
  readonly tables: readonly { purchases: number; p50: number; engineMiB: number }[];
}

function tablesOf({ perPurchase, venues, holds, tables }: Figures): Table[] {
  const map = ({ status, bytes, ms }: { status: number; bytes: number; ms: number }) =>
    `${status}, ${figure(ms)} ms, ${figure(bytes / 1000)} kB`;
  return [
    {
      title: 'Seats of a purchase',
      header: ['Seats', 'p50 ms (watched)', 'Drawing ms', 'Write units', '$ a million, writes alone'],
      rows: perPurchase.map(({ seats, p50, drawingMs, writeUnits, dollars }) => [
        ...[String(seats), figure(p50), figure(drawingMs), figure(writeUnits), figure(dollars * MILLION)],
      ]),
    },
    {
      title: 'Seats of the venue',
      header: [
        'Seats',
        'Sections',
        'Purchase p50 ms',
        'RRU to read the layout',
        'Map of a section',
        'Whole map',
      ],
      rows: venues.map(({ seats, sections, p50, layoutReadUnits, section, whole }) => [
        ...[String(seats), String(sections), figure(p50), String(layoutReadUnits), map(section), map(whole)],
      ]),
      notes: ['Target: the first useful answer for 60,000 seats within 300 ms. A function can answer 6 MB.'],
    },
    {
      title: 'Open holds in the section that is bought from',
      header: ['Holds', 'Purchase p50 ms', 'Map of the section ms'],
      rows: holds.map(({ held, p50, sectionMs }) => [String(held), figure(p50), figure(sectionMs)]),
    },
    {
      title: 'Purchases in the table',
      header: ['Purchases', 'Purchase p50 ms', 'Memory of the engine MiB'],
      rows: tables.map(({ purchases, p50, engineMiB }) => [
        ...[purchases.toLocaleString('en-US'), figure(p50), figure(engineMiB)],
      ]),
    },
  ];
}
