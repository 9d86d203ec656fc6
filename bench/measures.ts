import { audit } from './audit/audit';
import { bots } from './bots/bots';
import { checkout } from './checkout/checkout';
import { coldStart } from './cold-start/cold-start';
import { cost } from './cost/cost';
import { eventCancellation } from './event-cancellation/event-cancellation';
import { growth } from './growth/growth';
import { hotSale } from './hot-sale/hot-sale';
import { pages } from './pages/pages';
import { profile } from './profile/profile';
import { type Measure } from './report/section';
import { simulate } from './simulation/simulate';
import { startup } from './startup/startup';
import { synth } from './synth/synth';
import { testSuite } from './test-time/test-suite';

/** Every measurement, in the order of the documents. */
export const MEASURES: readonly Measure[] = [
  ...[coldStart, checkout, profile, hotSale],
  ...[eventCancellation, bots, growth, pages, startup, synth, testSuite, cost, audit, simulate],
];
