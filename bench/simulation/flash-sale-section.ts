import { type Section, type Table } from '../report/section';
import { figure } from '../report/table';
import { type FlashSale, type Outcome, simulateFlashSale } from './flash-sale';
import { type Ceiling, CEILINGS, ceilings, type CheckoutUse, lowest, type Quotas } from './quotas';

const SECTIONS = [1, 2, 4, 8, 16];

/** How often a buyer tries again, and how long the sale is watched (seconds). */
const PATIENCE = { buyerRetries: 5, limitSeconds: 900 };

/** Sections of the hall where only one is shown. */
const EIGHT = 8;

/** Shares of the buyers whose bank asks: nowhere, where only some cards ask, and in Europe at its strictest. */
const ASKED_SHARES = [0, 0.3, 1];

/** Share of those who leave without an answer: an assumption. */
const LEFT_SHARE = 0.1;

/** What a waiting room lets in, as a share of what the lowest quota lets through: the rest is for buyers whose first try failed. */
const ADMITTED_SHARE = 0.9;

/** Seconds that a waiting room's queue may take. */
const QUEUE_SECONDS = 3_600;

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
  const asked = ASKED_SHARES.map((askedShare) => askedRun(options, askedShare));
  return {
    name: 'simulate',
    title: 'Flash sale',
    tables: [
      byQuota(order),
      bySections(runs, options),
      byBank(asked, options),
      byWaitingRoom(asked, options),
      whatFollows(options),
    ],
    figures: { options, order, runs, asked },
  };
}

/** A sale with the default quotas in eight sections, with everybody at the door at once and with a waiting room in front. */
function askedRun(options: FlashSaleOptions, askedShare: number) {
  const sale = { ...options, ...PATIENCE, sections: EIGHT, askedShare, leftShare: LEFT_SHARE };
  const first = lowest(ceilings(options.quotas, options.use, EIGHT, askedShare));
  const admittedPerSecond = ADMITTED_SHARE * first.perSecond;
  return {
    ...{ askedShare, first, admittedPerSecond },
    crowd: simulateFlashSale(sale),
    queue: simulateFlashSale({ ...sale, admittedPerSecond, limitSeconds: QUEUE_SECONDS }),
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
  const all = ceilings(quotas, use, EIGHT);
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

type AskedRun = ReturnType<typeof askedRun>;

const percent = (share: number) => `${Math.round(100 * share)} %`;
const count = (number: number) => number.toLocaleString('en-US');

function byBank(runs: readonly AskedRun[], { seats }: FlashSaleOptions): Table {
  return {
    title: `Buyers whose bank asks them: default quotas, ${EIGHT} sections`,
    header: [
      ...['Asked', 'First quota', 'Checkouts /s it lets through', `Seats sold of ${count(seats)}`],
      ...['Seats that wait for a bank, at most', 'Seats back, nobody answered'],
    ],
    rows: runs.map(({ askedShare, first, crowd }) => [
      ...[percent(askedShare), first.name, figure(first.perSecond), count(crowd.seatsSold)],
      ...[count(crowd.seatsAwaiting), count(crowd.seatsBack)],
    ]),
    notes: [
      'Who is asked answers within 15 to 90 seconds; one in ten never does, and their seats are free again after 5 to 6 minutes. No execution runs meanwhile.',
    ],
  };
}

function byWaitingRoom(runs: readonly AskedRun[], { seats, buyers }: FlashSaleOptions): Table {
  const refused = ({ hits }: Outcome) => CEILINGS.reduce((sum, name) => sum + hits[name], 0);
  return {
    title: `With a waiting room in front, ${count(seats)} seats, ${count(buyers)} buyers`,
    header: [
      ...['Asked', 'Let in /s', 'Seats sold', 'without', 'Refused by a quota', 'without'],
      ...['Gave up', 'without', 'Last seat sold after, s', 'without'],
    ],
    rows: runs.map(({ askedShare, admittedPerSecond, crowd, queue }) => [
      ...[percent(askedShare), figure(admittedPerSecond), count(queue.seatsSold), count(crowd.seatsSold)],
      ...[count(refused(queue)), count(refused(crowd)), count(queue.gaveUp), count(crowd.gaveUp)],
      ...[figure(queue.seconds), figure(crowd.seconds)],
    ]),
    notes: [
      `It lets in nine tenths of what the lowest quota lets through, in the order in which buyers have come. “without” is the same sale with everybody at the door at once.`,
    ],
  };
}

/** What happens after the buyer has the tickets: it holds nobody up, and may take longer than the sale. */
function whatFollows({ quotas, use, seats }: FlashSaleOptions): Table {
  const sales = Math.floor(seats / use.seats);
  const rows = [
    ['E-mails', quotas.mailsPerSecond, 'ask for a higher sending rate of SES before the sale'],
    [
      'The print partner',
      quotas.partnerRequestsPerSecond,
      '`printPartner.requestsPerSecond` in lib/config.ts, if they can take more',
    ],
  ] as const;
  return {
    title: `After ${count(sales)} sales`,
    header: ['What follows', 'A second', 'The last one after, s', 'What to do'],
    rows: rows.map(([what, perSecond, remedy]) => [
      what,
      figure(perSecond),
      figure(sales / perSecond),
      remedy,
    ]),
    notes: [
      'One message each. What waits is in a queue, or with EventBridge, which tries for a day; no buyer waits for it, and no purchase fails of it.',
    ],
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
