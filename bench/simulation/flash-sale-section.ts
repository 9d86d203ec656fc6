import { type Section, type Table } from '../report/section';
import { figure } from '../report/table';
import { type FlashSale, type Outcome, simulateFlashSale } from './flash-sale';
import { type Ceiling, CEILINGS, ceilings, type CheckoutUse, lowest, type Quotas } from './quotas';

const SECTIONS = [1, 2, 4, 8, 16];

/** How often a buyer tries again, and how long the sale is watched (seconds). */
const PATIENCE = { buyerRetries: 5, limitSeconds: 900 };

/** What has to be done about a quota. */
const REMEDIES: Readonly<Record<Ceiling, string>> = {
  'API throttle': 'raise `purchaseThrottle` in lib/config.ts',
  'Express concurrency': 'ask AWS for more synchronous Express executions',
  'Lambda concurrency': 'ask AWS for more concurrent executions',
  'Section partitions': 'cut the hall into more sections',
  'Purchase table': 'pre-warm the purchase table (`warmThroughput`)',
  'Stripe rate': 'ask Stripe for a higher rate before the sale',
};

/** A quota that is no quota any more: to see which one comes next. */
const UNLIMITED = 1e9;

export type FlashSaleOptions = Pick<
  FlashSale,
  'quotas' | 'use' | 'seed' | 'seats' | 'buyers' | 'arrivalSeconds'
>;

/** The sale by the number of sections, and what breaks first, second, third, … */
export function flashSaleSection(options: FlashSaleOptions): Section {
  const runs = SECTIONS.map((sections) => ({
    sections,
    defaults: simulateFlashSale({ ...options, ...PATIENCE, sections }),
    raised: simulateFlashSale({ ...options, ...PATIENCE, sections, quotas: onlyPartitions(options.quotas) }),
    hot: simulateFlashSale({
      ...{ ...options, ...PATIENCE, sections, hotShare: 0.5 },
      quotas: onlyPartitions(options.quotas),
    }),
  }));
  const order = whatBreaks(options.quotas, options.use);
  return {
    name: 'simulate',
    title: 'Flash sale',
    tables: [byQuota(order), bySections(runs, options)],
    figures: { options, order, runs },
  };
}

/** Everything but the partitions raised: what the data model alone allows. */
function onlyPartitions(quotas: Quotas): Quotas {
  const raised = Object.keys(quotas).map((name) => [name, UNLIMITED]);
  return {
    ...(Object.fromEntries(raised) as unknown as Quotas),
    partitionWriteUnits: quotas.partitionWriteUnits,
  };
}

interface Breaking {
  readonly name: Ceiling;
  readonly perSecond: number;
}

/** Each quota by itself, lowest first, with eight sections. */
function whatBreaks(quotas: Quotas, use: CheckoutUse): Breaking[] {
  const all = ceilings(quotas, use, 8);
  return CEILINGS.map((name) => ({ name, perSecond: all[name] })).sort((a, b) => a.perSecond - b.perSecond);
}

function byQuota(order: readonly Breaking[]): Table {
  return {
    title: 'What breaks first (eight sections, default quotas)',
    header: ['Quota', 'Checkouts /s it lets through', 'What to do'],
    rows: order.map(({ name, perSecond }) => [name, figure(perSecond), REMEDIES[name]]),
    notes: ['In closed form: the quota divided by what one checkout uses of it.'],
  };
}

interface Run {
  readonly sections: number;
  readonly defaults: Outcome;
  readonly raised: Outcome;
  readonly hot: Outcome;
}

function bySections(
  runs: readonly Run[],
  { quotas, use, seats, buyers, arrivalSeconds }: FlashSaleOptions,
): Table {
  const sale = ({ perSecond, seatsSold }: Outcome) =>
    `${figure(perSecond)} (${seatsSold.toLocaleString('en-US')})`;
  const partitions = (sections: number) => ceilings(quotas, use, sections)['Section partitions'];
  return {
    title: `${buyers.toLocaleString('en-US')} buyers within ${arrivalSeconds} s, ${seats.toLocaleString('en-US')} seats: checkouts a second (seats sold)`,
    header: [
      ...['Sections', 'Partitions allow', 'Default quotas', 'Stopped by'],
      ...['Quotas raised, even', 'Quotas raised, half want one section'],
    ],
    rows: runs.map(({ sections, defaults, raised, hot }) => [
      String(sections),
      figure(partitions(sections)),
      sale(defaults),
      lowest(ceilings(quotas, use, sections)).name,
      sale(raised),
      sale(hot),
    ]),
    notes: [
      `A purchase is of ${use.seats} seats. A section is a partition; adaptive capacity is off.`,
      'A buyer whom a quota turns away tries five times more; who gave up bought nothing, so fewer seats may be sold than there are.',
    ],
  };
}
