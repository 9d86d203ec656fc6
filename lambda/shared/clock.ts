/** Time as the steps see it. A port because tests move it. */
export interface Clock {
  /** Seconds since the epoch, whole: the unit of every `expiresAt`, as DynamoDB's TTL wants it. */
  nowSeconds(): number;
}

export const systemClock: Clock = { nowSeconds: () => Math.floor(Date.now() / 1000) };
