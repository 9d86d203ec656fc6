import { type MetricDimensions } from '../shared/metrics';

/** What a buyer's bank disputes of a payment, as it stands at Stripe ("The Dispute object", read November 2026). */
export interface Dispute {
  readonly id: string;
  /** Stripe's word: `needs_response`, `under_review`, `won`, `lost`; of a mere inquiry, `warning_needs_response` and so on. */
  readonly status: string;
  /** Stripe's word for what the buyer says: `fraudulent`, `product_not_received`. */
  readonly reason: string;
  /** Minor units of the currency. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Until when evidence is taken, seconds since the epoch. Absent where the bank takes none. */
  readonly dueBy?: number;
}

/** As the purchase's record keeps it. */
export interface NotedDispute extends Dispute {
  /** Since when somebody is telling people of it, seconds since the epoch; there until they are told. */
  readonly tellingSince?: number;
}

type DisputeStage = MetricDimensions['dispute'];

export function stageOf({ status }: Pick<Dispute, 'status'>): DisputeStage {
  if (status === 'won' || status === 'lost') return status;
  return status === 'warning_closed' || status === 'prevented' ? 'closed' : 'opened';
}

/** Whether the bank has the money, for now or for good: who gave it back as well would pay twice. */
export function isWithBank({ status }: Pick<Dispute, 'status'>): boolean {
  return !status.startsWith('warning_') && status !== 'won' && status !== 'prevented';
}

export function isSameDispute(one: Dispute | undefined, other: Dispute | undefined): boolean {
  return one?.id === other?.id && one?.status === other?.status && one?.dueBy === other?.dueBy;
}
