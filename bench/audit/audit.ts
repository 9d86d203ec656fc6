import { join } from 'node:path';
import { LOCAL_REGION } from '../../local/aws/aws-service';
import { stageSettings, templatesOf } from '../cost/stage-templates';
import { NODE_FLAGS } from '../host/child';
import { runNode } from '../host/run-node';
import { type Measure, type Section, type Size, type Table } from '../report/section';
import { dollars, figure } from '../report/table';
import { type Lab } from '../server/lab';
import {
  type CostOfASale,
  costOfASale,
  costOfASaleBefore,
  totalOfASale,
  type UnitsOfASale,
} from './audit-cost';
import { type Runs } from './audit-runs';
import { type MeasuredRun } from './sold-shop';

const MILLION = 1e6;

const SEATS_SOLD: Readonly<Record<Size, readonly number[]>> = {
  full: [10_000, 100_000],
  quick: [2_000, 10_000],
  smoke: [40],
};

/** An estimate: milliseconds of a request for a hundred records on AWS, and how many are under way. */
const BATCH_MS = 20;
const BATCHES_AT_ONCE = 10;
/** The same for a page of seats, which is 1 MB, and how many seats are in one. */
const PAGE_MS = 250;
const SEATS_OF_A_PAGE = 5_000;

/** What the audits use and how long they take, and what they cost. */
export const audit: Measure = {
  name: 'audit',
  summary: 'units and time of the audits by seats sold; their cost a million sales, before and now',
  async run({ size, lab, progress }): Promise<Section> {
    const shops = [];
    for (const seats of SEATS_SOLD[size]) {
      progress(`audit: ${seats} seats sold`);
      shops.push({ seats, runs: await runsOf(lab, seats) });
    }
    const largest = shops.at(-1)!;
    const units = unitsOf(largest);
    const memoryMb = stageSettings(templatesOf(await lab.assembly(), 'EventPro-prod')).memoryOf('Audit');
    const lambda = { msOfALookUp: BATCH_MS / 100 / BATCHES_AT_ONCE, memoryMb };
    const costs = [7, 90].map((daysAhead) => ({
      daysAhead,
      before: costOfASaleBefore(daysAhead, units, lambda),
      now: costOfASale(daysAhead, units, lambda),
    }));
    return {
      name: 'audit',
      title: 'Audit',
      tables: [runsTable(shops, units), costTable(costs, units)],
      figures: { shops, units, costs },
    };
  },
};

/** In a process of its own, which is told where it is as Lambda tells a function, and to keep its log to itself. */
async function runsOf(lab: Lab, seats: number): Promise<Runs> {
  const script = join(__dirname, 'audit-runs.ts');
  const { stdout } = await runNode([...NODE_FLAGS, script, await lab.assembly(), String(seats)], {
    env: {
      ...{ AWS_REGION: LOCAL_REGION, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
      ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
    },
  });
  return JSON.parse(stdout) as Runs;
}

/** A round that finds nothing new reads seats alone; one before the event looks up their purchases as well. */
function unitsOf({ seats, runs }: { readonly seats: number; readonly runs: Runs }): UnitsOfASale {
  const sales = seats / 2;
  return {
    seats: runs.nextDay.readUnits / sales,
    lookUp: (runs.lastDays.readUnits - runs.nextDay.readUnits) / sales,
  };
}

function runsTable(shops: readonly { seats: number; runs: Runs }[], { seats, lookUp }: UnitsOfASale): Table {
  const cell = ({ readUnits, requests, ms }: MeasuredRun) =>
    `${figure(readUnits)} RRU, ${figure(requests)} requests, ${figure(ms / 1000)} s`;
  const sales = MILLION / 2;
  const pagesMs = (MILLION / SEATS_OF_A_PAGE) * PAGE_MS;
  const lookUpsMs = (sales / 100 / BATCHES_AT_ONCE) * BATCH_MS;
  const computed = (units: number, ms: number) => `${figure(units)} RRU, ${figure(ms / 1000)} s`;
  return {
    title: 'A run of the audit, two seats a sale',
    header: [
      'Seats sold',
      'All of it new',
      'An hour later',
      'A day without sales',
      'The last days before the event',
    ],
    rows: [
      ...shops.map(({ seats: sold, runs: { first, nextHour, nextDay, lastDays } }) => [
        sold.toLocaleString('en-US'),
        ...[first, nextHour, nextDay, lastDays].map(cell),
      ]),
      [
        '1,000,000, computed for AWS',
        // Payments, tickets and seats are looked at side by side: the seats take longest.
        computed(sales * (seats + 3 * lookUp), pagesMs + lookUpsMs),
        'as above',
        computed(sales * seats, pagesMs),
        computed(sales * (seats + lookUp), pagesMs + lookUpsMs),
      ],
    ],
    notes: [
      'Measured on the local engine, but for the lists of payments. A run ends its looks after 13 of its 15 minutes, and the next goes on where it was.',
      `Computed: ${PAGE_MS} ms a page of ${SEATS_OF_A_PAGE.toLocaleString('en-US')} seats, ${BATCH_MS} ms a hundred records, ${BATCHES_AT_ONCE} requests at once. Stripe's lists are the limit: 100 payments a page and four pages at once are some 800,000 payments a run.`,
    ],
  };
}

function costTable(
  costs: readonly { daysAhead: number; before: CostOfASale; now: CostOfASale }[],
  { seats, lookUp }: UnitsOfASale,
): Table {
  const row = (when: string, cost: CostOfASale) => [
    when,
    ...[cost.payments, cost.tickets, cost.seats, cost.lambda, totalOfASale(cost)].map((part) =>
      dollars(part * MILLION),
    ),
  ];
  return {
    title: 'The audits of a million sales, dollars',
    header: ['Sold before the event', 'Payments', 'Tickets', 'Seats', 'Lambda', 'Total'],
    rows: costs.flatMap(({ daysAhead, before, now }) => [
      row(`${daysAhead} days, each looked up every hour (as it was)`, before),
      row(`${daysAhead} days, now`, now),
    ]),
    notes: [
      `Measured: ${figure(lookUp)} RRU to look a sale up, ${figure(seats)} RRU to read its two seats. A sale is looked up five times in all: by its payment and by its seats twice, by its ticket once.`,
    ],
  };
}
