import { type Measure, type Size } from '../report/section';
import { flashSaleSection } from './flash-sale-section';
import { measuredUse } from './measured-use';
import { DEFAULT_QUOTAS } from './quotas';

/** The sale that is simulated unless somebody asks for another. */
export const DEFAULT_SALE = { seats: 10_000, buyers: 20_000, arrivalSeconds: 30, seed: 1 };

const SIZES = {
  full: { purchases: 15, ...DEFAULT_SALE },
  quick: { purchases: 15, ...DEFAULT_SALE },
  smoke: { purchases: 1, ...DEFAULT_SALE, seats: 20, buyers: 40 },
} satisfies Record<Size, object>;

/** How many checkouts a second the quotas of AWS and Stripe let through: what a checkout uses is measured, the rest computed. */
export const simulate: Measure = {
  name: 'simulate',
  summary: 'a flash sale against the quotas of AWS and Stripe; `npm run simulate` has options',
  async run({ size, lab, progress }) {
    const { purchases, ...sale } = SIZES[size];
    progress('simulate: watching checkouts');
    const use = await measuredUse(lab, 2, purchases);
    return flashSaleSection({ ...sale, use, quotas: DEFAULT_QUOTAS });
  },
};
