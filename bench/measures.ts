import { coldStart } from './cold-start/cold-start';
import { type Measure } from './report/section';

/** Every measurement, in the order of the documents. */
export const MEASURES: readonly Measure[] = [coldStart];
