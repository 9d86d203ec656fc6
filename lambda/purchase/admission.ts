import { type Fields, itemOf, number, optional, record, text } from '../shared/item';
import { type Purchase } from './purchase';

/** That the ticket of a seat has let somebody in. */
export interface Admission {
  /** What the gate calls itself. */
  readonly gate: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

const ADMISSION = optional(record({ gate: text, at: number } satisfies Fields<Admission>));

/**
 * What is noted on the purchase, in the order of its seats.
 *
 * @throws ItemNotReadable
 */
export function admissionsOf(purchase: Purchase): (Admission & { readonly seatId: string })[] {
  const ids = purchase.seats.map(({ seatId }) => seatId);
  const fields = Object.fromEntries(ids.map((seatId) => [attributeOf(seatId), ADMISSION]));
  const noted = itemOf<Record<string, Admission | undefined>>('purchase', fields, purchase);
  return ids.flatMap((seatId) => {
    const admission = noted[attributeOf(seatId)];
    return admission ? [{ seatId, ...admission }] : [];
  });
}

/** The purchase's attribute for a seat: one each, so that two gates never write the same. */
export function attributeOf(seatId: string): string {
  return `admission_${seatId}`;
}
