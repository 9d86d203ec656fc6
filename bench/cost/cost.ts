import { observeCheckouts } from '../server/observe-checkouts';
import { PRICES } from '../prices';
import { type Measure, type Section, type Table } from '../report/section';
import { dollars, figure } from '../report/table';
import { costOf, type Item, totalOf } from './bill';
import { type Consumption, consumptionOf } from './consumption';
import { billedMs, deliveryItems, embeddedDesign, expressDesign, standardDesign } from './designs';
import { fixedCosts } from './fixed-costs';
import { type Saving, savings } from './savings';
import { stageSettings, templatesOf } from './stage-templates';

const STAGE = 'EventPro-prod';
const SEATS = 2;
const MILLION = 1e6;

/** What one checkout costs at list prices, from what it was seen to use. */
export const cost: Measure = {
  name: 'cost',
  summary: 'cost of a checkout from measured consumption, beside other designs; what each cut would save',
  async run({ size, lab, progress }): Promise<Section> {
    progress('cost: watching checkouts');
    const purchases = { full: 150, quick: 30, smoke: 1 }[size];
    const observed = await observeCheckouts(lab, { purchases, seatsPerPurchase: SEATS });
    const templates = templatesOf(await lab.assembly(), STAGE);
    const consumption = consumptionOf(observed, stageSettings(templates));
    const bills = {
      express: expressDesign(consumption),
      quiet: expressDesign({ ...consumption, logsEveryState: false }),
      standard: standardDesign(consumption),
      embedded: embeddedDesign(consumption),
      delivery: deliveryItems(consumption),
    };
    const fixed = fixedCosts(templates);
    const cuts = savings(consumption);
    return {
      name: 'cost',
      title: 'Cost',
      tables: [
        designs(bills),
        breakdown(bills.express),
        use(consumption),
        cutsTable(cuts),
        fixedTable(fixed),
        monthly(bills, fixed),
      ],
      figures: { prices: PRICES, consumption, bills, fixed, cuts },
    };
  },
};

type Bills = Readonly<Record<'express' | 'quiet' | 'standard' | 'embedded' | 'delivery', readonly Item[]>>;

function designs({ express, quiet, standard, embedded, delivery }: Bills): Table {
  const million = (items: readonly Item[]) => dollars(totalOf(items) * MILLION);
  return {
    title: `A million checkouts of ${SEATS} seats, ${PRICES.region}, list prices of ${PRICES.asOf}`,
    header: ['Design', 'Without messages', 'With messages'],
    rows: [
      ['EventPro (Express)', million(express), million([...express, ...delivery])],
      [
        'The same, logging failures alone, as one function does',
        million(quiet),
        million([...quiet, ...delivery]),
      ],
      ['The same as a Standard workflow', million(standard), million([...standard, ...delivery])],
      ['One function that does it all', million(embedded), million([...embedded, ...delivery])],
      ['cdk-patterns the-saga-stepfunction', '$159–184', ''],
    ],
    notes: [
      'Target: $20 without messages. Stripe’s own fees are left out everywhere.',
      'The last row is Standard, six states and ten AWS calls one after the other, priced from its own code; the others are measured here.',
    ],
  };
}

function breakdown(items: readonly Item[]): Table {
  const total = totalOf(items);
  const rows = [...items].sort((a, b) => costOf(b) - costOf(a));
  return {
    title: 'EventPro by item, dollars a million checkouts',
    header: ['Item', 'Each checkout', 'A million', 'Share'],
    rows: [
      ...rows.map((each) => [
        each.name,
        `${each.quantity < 1e-3 ? each.quantity.toExponential(2) : figure(each.quantity)} ${each.unit}`,
        dollars(costOf(each) * MILLION),
        `${((costOf(each) / total) * 100).toFixed(1)} %`,
      ]),
      ['Total', '', dollars(total * MILLION), '100 %'],
    ],
  };
}

function use({ steps, deliveries }: Consumption): Table {
  return {
    title: 'What the functions use',
    header: ['Function', 'MB', 'CPU ms here', 'Billed ms on AWS', 'WRU', 'RRU', 'Log bytes', 'Calls'],
    rows: [...steps, ...deliveries].map((each) => [
      each.name,
      String(each.memoryMb),
      figure(each.busyMs),
      figure(billedMs(each)),
      figure(each.writeUnits),
      figure(each.readUnits),
      figure(each.logBytes),
      each.calls.map((group) => group.map((call) => call.replace(/^\w+ /, '')).join(' + ')).join(', '),
    ]),
    notes: [
      'CPU, units, log bytes and calls are measured, one purchase at a time; calls joined by + were made at once. Billed is CPU × 1769 / memory (Lambda’s share of a processor), and what `bench/cost/assumptions.ts` says the calls take.',
    ],
  };
}

function cutsTable(cuts: readonly Saving[]): Table {
  return {
    title: 'What a cut would save, each by itself, dollars a million checkouts',
    header: ['Cut', 'Saves', 'Takes away'],
    rows: cuts.map(({ what, dollars: saved, price }) => [what, dollars(saved * MILLION), price]),
  };
}

function fixedTable(fixed: readonly Item[]): Table {
  return {
    title: `What ${STAGE} costs a month though nobody buys`,
    header: ['Item', 'Count', 'A month'],
    rows: [
      ...fixed.map((each) => [each.name, `${figure(each.quantity)} ${each.unit}`, dollars(costOf(each))]),
      ['Total', '', dollars(totalOf(fixed))],
    ],
    notes: ['Counted in the synthesised templates.'],
  };
}

function monthly({ express, delivery }: Bills, fixed: readonly Item[]): Table {
  return {
    title: 'A month',
    header: ['Checkouts a month', 'Checkouts', 'Messages', 'Fixed', 'Total', 'A checkout'],
    rows: [1_000, 100_000, 10_000_000].map((count) => {
      const parts = [totalOf(express) * count, totalOf(delivery) * count, totalOf(fixed)];
      const total = parts.reduce((sum, part) => sum + part, 0);
      return [
        count.toLocaleString('en-US'),
        ...parts.map(dollars),
        dollars(total),
        `$${(total / count).toFixed(6)}`,
      ];
    }),
    notes: [
      'Without free tiers, seat maps that buyers look at, storage of tickets and tables, and data transfer.',
    ],
  };
}
