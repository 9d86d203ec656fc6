/** Time as the steps see it. A port because tests move it. */
export interface Clock {
  /** Seconds since the epoch, whole: the unit of every `expiresAt`, as DynamoDB's TTL wants it. */
  nowSeconds(): number;
}

export const systemClock: Clock = { nowSeconds: () => Math.floor(Date.now() / 1000) };

/** @param seconds since the epoch @returns RFC 3339, in UTC */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
