/**
 * What is sold of an event, by what the API says of seats and purchases.
 *
 * @import { Seat } from '../api.js'
 * @import { FoundPurchase } from './desk-api.js'
 *
 * @typedef {{ sold: number, held: number, free: number, blocked: number }} Count
 */

/** @type {Record<Seat['status'], keyof Count>} */
const COUNTED_AS = { SOLD: 'sold', HELD: 'held', AVAILABLE: 'free', BLOCKED: 'blocked' };

/**
 * Counts seats by what they have in common.
 *
 * @param {readonly Seat[]} seats
 * @param {(seat: Seat) => string} groupOf
 * @returns {Map<string, Count>}
 */
export function countSeats(seats, groupOf) {
  /** @type {Map<string, Count>} */
  const counts = new Map();
  for (const seat of seats) {
    const group = groupOf(seat);
    const count = counts.get(group) ?? { sold: 0, held: 0, free: 0, blocked: 0 };
    count[COUNTED_AS[seat.status]]++;
    counts.set(group, count);
  }
  return counts;
}

/**
 * What is kept of the money of a purchase, in minor units: paid, less what was given back. Of a disputed payment that was cancelled, the
 * bank has the money.
 *
 * @param {FoundPurchase} purchase
 */
export function keptOf({ status, amount, refunded = 0, cancellation }) {
  if (status === 'CONFIRMED') return amount - refunded;
  if (!cancellation || cancellation.reason === 'DISPUTE') return 0;
  return amount - cancellation.refund.amount;
}

/**
 * Shares what is kept of a purchase out over the tiers of its seats, by the seats' present prices: the API tells one amount for all of
 * them. The shares add up to it.
 *
 * @param {FoundPurchase} purchase
 * @param {ReadonlyMap<string, { tier: string, price: number }>} seats by their ids
 * @returns {Map<string, number>} by tier; `''` where a seat is not in the event any more
 */
export function sharesOf(purchase, seats) {
  const kept = keptOf(purchase);
  const found = purchase.seats.map((seatId) => seats.get(seatId) ?? { tier: '', price: 0 });
  const total = found.reduce((sum, { price }) => sum + price, 0);
  /** @type {Map<string, number>} */
  const shares = new Map();
  let [weight, given] = [0, 0];
  found.forEach(({ tier, price }, index) => {
    weight += total > 0 ? price / total : 1 / found.length;
    const upToHere = index === found.length - 1 ? kept : Math.round(kept * weight);
    shares.set(tier, (shares.get(tier) ?? 0) + upToHere - given);
    given = upToHere;
  });
  return shares;
}
