import { systemClock } from '../shared/clock';
import { measure } from '../shared/measure';
import { type MetricDimensions } from '../shared/metrics';

/**
 * Counts a purchase that has just got its outcome. A step that is repeated after it may count it again.
 *
 * @param heldSince seconds since the epoch, when the purchase has held seats until now
 */
export function measureOutcome(outcome: MetricDimensions['outcome'], heldSince?: number): void {
  if (heldSince === undefined) measure({ Purchases: 1 }, { outcome });
  else measure({ Purchases: 1, HoldAge: systemClock.nowSeconds() - heldSince }, { outcome });
}
