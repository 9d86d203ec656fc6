import { PRICES } from '../prices';
import { type Item, totalOf } from './bill';
import { type Consumption, type FunctionUse } from './consumption';
import { expressDesign } from './designs';

/** Something that could be done otherwise, and dollars a checkout it would save. */
export interface Saving {
  readonly what: string;
  readonly dollars: number;
  /** What it would take away. */
  readonly price: string;
}

/** The bill again with one thing changed, each by itself: what it is worth to change it. */
export function savings(consumption: Consumption): Saving[] {
  const now = totalOf(expressDesign(consumption));
  const bill = (changed: Consumption, keep: (item: Item) => boolean = () => true) =>
    now - totalOf(expressDesign(changed).filter(keep));
  const withMemory = (names: readonly string[], memoryMb: number): Consumption => ({
    ...consumption,
    steps: consumption.steps.map((step): FunctionUse =>
      names.includes(step.name) ? { ...step, memoryMb } : step,
    ),
  });
  const withWrites = (name: string, units: number): Consumption => ({
    ...consumption,
    steps: consumption.steps.map((step) =>
      step.name === name ? { ...step, writeUnits: step.writeUnits - units } : step,
    ),
  });
  const all: Saving[] = [
    ...[256, 128].map((memoryMb) => ({
      what: `ProcessPayment with ${memoryMb} MB: it waits for Stripe`,
      dollars: bill(withMemory(['ProcessPayment'], memoryMb)),
      price: `a cold start with ${(memoryMb / 1769).toFixed(2)} of a processor`,
    })),
    {
      what: 'ReserveSeat and SendConfirmation with 256 MB',
      dollars: bill(withMemory(['ReserveSeat', 'SendConfirmation'], 256)),
      price: 'their computing takes twice as long',
    },
    {
      what: 'GenerateTicket with 512 MB',
      dollars: bill(withMemory(['GenerateTicket'], 512)),
      price: 'drawing takes twice as long',
    },
    {
      what: 'The workflow logs errors alone',
      dollars: bill({ ...consumption, logsEveryState: false }),
      price: 'no history of what went well; the purchase record and the functions’ lines remain',
    },
    {
      what: 'The log of the workflow in the class Infrequent Access',
      dollars:
        totalOf(expressDesign(consumption).filter(({ name }) => name === 'Logs of the workflow')) *
        (1 - PRICES.infrequentLogGb / PRICES.logGb),
      price: 'no metric filter, no subscription, no live tail; no page says that Step Functions writes to it',
    },
    {
      what: 'Functions log warnings alone, platform lines included',
      dollars: bill(consumption, ({ name }) => name !== 'Logs of the functions'),
      price: 'no line of what went well, no REPORT line',
    },
    {
      what: 'SendConfirmation as a direct integration of the workflow with SNS',
      dollars:
        bill({
          ...consumption,
          steps: consumption.steps.filter(({ name }) => name !== 'SendConfirmation'),
          directTasks: 1,
        }) - PRICES.snsPublish,
      price: 'the message is made in the definition; no code, no cold start',
    },
    {
      what: 'The ticket is drawn when it is asked for, not stored',
      dollars: bill(consumption, ({ name }) => name !== 'S3'),
      price: 'the ticket is no part of the sale; every download draws it',
    },
    {
      what: 'One write less: PAID together with the pivot',
      dollars: bill(withWrites('GenerateTicket', 1)),
      price: 'the record does not say that money was taken before the sale stands',
    },
    {
      what: 'HTTP API instead of REST API ($1.00 a million)',
      dollars: PRICES.apiGatewayRequest - 1 / 1e6 + PRICES.wafRequest,
      price: 'no mapping templates, validation, or firewall in front',
    },
  ];
  return all.filter(({ dollars }) => dollars > 0).sort((a, b) => b.dollars - a.dollars);
}
