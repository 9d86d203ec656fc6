import { coldStart } from './cold-start/cold-start';
import { checkout } from './checkout/checkout';
import { cost } from './cost/cost';
import { hotSale } from './hot-sale/hot-sale';
import { type Measure } from './report/section';

/** Every measurement, in the order of the documents. */
export const MEASURES: readonly Measure[] = [coldStart, checkout, hotSale, cost];
