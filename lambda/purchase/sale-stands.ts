import { OwnError } from '../shared/own-error';
import { SAGA_ERRORS } from '../shared/saga-errors';
import { type Purchase } from './purchase';

/** Compensation lost against the pivot: the purchase is CONFIRMED and is not undone. */
export class SaleStands extends OwnError {
  override readonly name = SAGA_ERRORS.saleStands;

  /** @param purchase as it stands */
  constructor(readonly purchase: Purchase) {
    super('The purchase is CONFIRMED');
  }
}
