import { Journal } from '../journal';
import { IdempotencyKeys, type RememberedAnswer } from './idempotency';
import { type Payment, type Refund } from './payment';
import { settleRefunds } from './refund-settlement';

/** One line of the journal: an effect and the answer kept for it are never apart, whenever the process dies. */
interface JournalEntry {
  readonly payment?: Payment;
  readonly remembered?: RememberedAnswer;
}

/** All payments and idempotency keys, in memory and, when a file is given, in its journal. */
export class PaymentStore {
  /** In the order of their creation. */
  private readonly payments = new Map<string, Payment>();
  private readonly intentOfCharge = new Map<string, string>();
  /** In the order of their creation. */
  private readonly intentOfRefund = new Map<string, string>();
  /** Intents with a refund that is still to settle. */
  private readonly unsettled = new Set<string>();
  private readonly journal: Journal<JournalEntry>;
  readonly idempotencyKeys = new IdempotencyKeys();

  /** Replays the journal and compacts it: one line a payment, one a key that has not expired at `now` (ms). */
  constructor(journalFile: string | undefined, now: number) {
    this.journal = new Journal(journalFile);
    for (const entry of this.journal.replay()) this.apply(entry);
    this.idempotencyKeys.forgetExpired(now);
    this.journal.rewrite([
      ...this.all().map((payment) => ({ payment })),
      ...this.idempotencyKeys.all().map((remembered) => ({ remembered })),
    ]);
  }

  /** On disk first: what cannot be written did not happen. */
  commit(entry: JournalEntry): void {
    if (!entry.payment && !entry.remembered) return;
    this.journal.append(entry);
    this.apply(entry);
  }

  /** Lets pending refunds come to their end; true if any did. */
  settleDueRefunds(now: number): boolean {
    const settled = [...this.unsettled].flatMap((id) => settleRefunds(this.payments.get(id)!, now) ?? []);
    for (const payment of settled) this.commit({ payment });
    return settled.length > 0;
  }

  find(intentId: string): Payment | undefined {
    return this.payments.get(intentId);
  }

  findByCharge(chargeId: string): Payment | undefined {
    return this.payments.get(this.intentOfCharge.get(chargeId) ?? '');
  }

  findByRefund(refundId: string): Payment | undefined {
    return this.payments.get(this.intentOfRefund.get(refundId) ?? '');
  }

  /** Oldest first. */
  all(): Payment[] {
    return [...this.payments.values()];
  }

  /** Oldest first, of all payments. */
  refunds(): Refund[] {
    return Array.from(this.intentOfRefund, ([refundId, intentId]) => {
      return this.payments.get(intentId)!.refunds.find(({ id }) => id === refundId)!;
    });
  }

  clear(): void {
    this.journal.rewrite([]);
    this.payments.clear();
    this.intentOfCharge.clear();
    this.intentOfRefund.clear();
    this.unsettled.clear();
    this.idempotencyKeys.clear();
  }

  private apply({ payment, remembered }: JournalEntry): void {
    if (remembered) this.idempotencyKeys.remember(remembered);
    if (!payment) return;
    const { id } = payment.intent;
    this.payments.set(id, payment);
    for (const charge of payment.charges) this.intentOfCharge.set(charge.id, id);
    for (const refund of payment.refunds) this.intentOfRefund.set(refund.id, id);
    if (payment.settlements.length > 0) this.unsettled.add(id);
    else this.unsettled.delete(id);
  }
}
