import { type Clock } from './clock';

/** Seconds after which a secret is read anew: a rotated one is in use everywhere within this time. */
const MAX_AGE = 300;

/**
 * What a container has made of a secret. If the secret cannot be read again, the container keeps the old value, however old,
 * and asks again `MAX_AGE` later: it waits for Secrets Manager once in that time, also while that is down.
 */
export class KeptSecret<Value> {
  private kept: { readonly value: Value; readonly triedAt: number } | undefined;

  /**
   * @param read is given what it has read before, if anything
   * @param onUnreadable hears why the value before is kept
   */
  constructor(
    private readonly read: (before: Value | undefined) => Promise<Value>,
    private readonly clock: Clock,
    private readonly onUnreadable: (error: unknown) => void = () => undefined,
  ) {}

  /**
   * @param maxAge seconds
   * @throws what `read` throws, if it has never read anything
   */
  async value(maxAge = MAX_AGE): Promise<Value> {
    const triedAt = this.clock.nowSeconds();
    const { kept } = this;
    if (kept && triedAt - kept.triedAt < maxAge) return kept.value;
    const value = await this.read(kept?.value).catch((error: unknown) => {
      if (!kept) throw error;
      this.onUnreadable(error);
      return kept.value;
    });
    this.kept = { value, triedAt };
    return value;
  }
}
