import { type PurchaseOutline } from '../purchase/purchase-item';

/** The records that payments of a kind are of: purchases, or orders. */
export interface PaidRecords {
  /** By id, those that there are; they may be a moment old. */
  outlines(ids: Iterable<string>): Promise<Map<string, PurchaseOutline>>;
  /** As it is at this moment. */
  find(id: string): Promise<PurchaseOutline | undefined>;
  /** Keeps a settled one as long at least as a refund that is tried now may come back. */
  keep(id: string): Promise<void>;
  readonly installation: { find(): Promise<string | undefined> };
}
