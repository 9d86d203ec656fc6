import { measure } from '../shared/measure';
import { type ProblemCode } from '../shared/problem';

/** Counts an order that has just failed. A step that is repeated after it may count it again. */
export function measureFailedOrder(outcome: ProblemCode): void {
  measure({ OrdersFailed: 1 }, { outcome });
}
