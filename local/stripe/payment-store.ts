import { Journal } from '../core/journal';
import { expireAuthorisation } from './authorisation';
import { type Balance, funded } from './balance';
import { IdempotencyKeys, type RememberedAnswer } from './idempotency';
import { cardOf, type Payment, type PaymentMethod, type Refund, type StoredToken } from './payment';
import { settleRefunds } from './refund-settlement';
import { testCard } from './test-cards';

/** One line of the journal: an effect and the answer kept for it are never apart, whenever the process dies. */
interface JournalEntry {
  readonly payment?: Payment;
  readonly confirmationToken?: StoredToken;
  readonly remembered?: RememberedAnswer;
  readonly balance?: Balance;
}

/** All payments and idempotency keys, in memory and, when a file is given, in its journal. */
export class PaymentStore {
  /** In the order of their creation. */
  private readonly payments = new Map<string, Payment>();
  private readonly confirmationTokens = new Map<string, StoredToken>();
  /** The intent that a payment method was last played on. */
  private readonly intentOfMethod = new Map<string, string>();
  private readonly intentOfCharge = new Map<string, string>();
  /** In the order of their creation. */
  private readonly intentOfRefund = new Map<string, string>();
  /** Intents with a refund that is still to settle, or money that a bank holds. */
  private readonly unsettled = new Set<string>();
  private readonly journal: Journal<JournalEntry>;
  private accountBalance: Balance = 'sufficient';
  readonly idempotencyKeys = new IdempotencyKeys();

  /**
   * Replays the journal and compacts it: one line a payment, one a confirmation token, and one a key that has not expired
   * at `now` (ms).
   *
   * @param onChange hears of each payment that changes, once it is stored
   */
  constructor(
    journalFile: string | undefined,
    now: number,
    private readonly onChange: (before: Payment | undefined, after: Payment) => void = () => undefined,
  ) {
    this.journal = new Journal(journalFile);
    for (const entry of this.journal.replay()) this.apply(entry);
    this.idempotencyKeys.forgetExpired(now);
    this.journal.rewrite([
      ...this.all().map((payment) => ({ payment })),
      ...Array.from(this.confirmationTokens.values(), (confirmationToken) => ({ confirmationToken })),
      ...this.idempotencyKeys.all().map((remembered) => ({ remembered })),
      ...(this.balance === 'sufficient' ? [] : [{ balance: this.balance }]),
    ]);
  }

  /** On disk first: what cannot be written did not happen. */
  commit(entry: JournalEntry): void {
    if (Object.values(entry).every((value) => value === undefined)) return;
    this.journal.append(entry);
    const { payment } = entry;
    const before = payment && this.payments.get(payment.intent.id);
    this.apply(entry);
    if (payment) this.onChange(before, payment);
  }

  /** Lets pending refunds and held money come to their end; true if any did. */
  settleDue(now: number): boolean {
    const settled = [...this.unsettled].flatMap((id) => {
      const payment = this.payments.get(id)!;
      return settleRefunds(payment, now) ?? expireAuthorisation(payment, now) ?? [];
    });
    for (const payment of settled) this.commit({ payment });
    return settled.length > 0;
  }

  get balance(): Balance {
    return this.accountBalance;
  }

  /** Once it covers them, the refunds that have waited are made. @param now milliseconds since the epoch */
  setBalance(balance: Balance, now: number): void {
    this.commit({ balance });
    if (balance !== 'sufficient') return;
    for (const payment of this.all()) {
      const made = funded(payment, now, ({ charge }) => {
        const { payment_method: method } = payment.charges.find(({ id }) => id === charge)!;
        return testCard(cardOf(payment, method!))!;
      });
      if (made) this.commit({ payment: made });
    }
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

  findConfirmationToken(id: string): StoredToken | undefined {
    return this.confirmationTokens.get(id);
  }

  findPaymentMethod(id: string): PaymentMethod | undefined {
    const payment = this.payments.get(this.intentOfMethod.get(id) ?? '');
    return payment?.paymentMethods?.find((method) => method.id === id);
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
    this.confirmationTokens.clear();
    this.intentOfMethod.clear();
    this.intentOfCharge.clear();
    this.intentOfRefund.clear();
    this.unsettled.clear();
    this.idempotencyKeys.clear();
    this.accountBalance = 'sufficient';
  }

  private apply({ payment, confirmationToken, remembered, balance }: JournalEntry): void {
    if (balance) this.accountBalance = balance;
    if (confirmationToken) this.confirmationTokens.set(confirmationToken.token.id, confirmationToken);
    if (remembered) this.idempotencyKeys.remember(remembered);
    if (!payment) return;
    const { id } = payment.intent;
    this.payments.set(id, payment);
    for (const method of payment.paymentMethods ?? []) this.intentOfMethod.set(method.id, id);
    for (const charge of payment.charges) this.intentOfCharge.set(charge.id, id);
    for (const refund of payment.refunds) this.intentOfRefund.set(refund.id, id);
    const isHeld = payment.intent.status === 'requires_capture';
    if (payment.settlements.length > 0 || isHeld) this.unsettled.add(id);
    else this.unsettled.delete(id);
  }
}
