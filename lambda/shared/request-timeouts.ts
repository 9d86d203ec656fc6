/**
 * How every AWS client waits, in milliseconds: a step that waits for a dead connection wastes the buyer's time.
 *
 * Without `throwOnRequestTimeout` the SDK only logs that the time is up, and goes on waiting.
 */
export const REQUEST_TIMEOUTS = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;
