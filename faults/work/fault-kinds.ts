import { type FaultMode } from '../fault';

/** A way in which an effect goes wrong. */
export interface FaultKind {
  readonly name: string;
  readonly mode: FaultMode;
  /** Requests that are hit: all that the SDK makes of one call, one of them, or every one until the faults are healed. */
  readonly hits: 'one call' | 'one request' | 'every request';
}

/** The six kinds of which every pair is run. */
export const KINDS: readonly FaultKind[] = [
  { name: 'fails before the effect', mode: 'cut', hits: 'one call' },
  { name: 'is done, the answer lost', mode: 'answer-lost', hits: 'one call' },
  { name: 'times out, arrives late', mode: 'late', hits: 'one call' },
  { name: 'is delivered twice', mode: 'duplicate', hits: 'one request' },
  { name: 'is slow', mode: 'slow', hits: 'one request' },
  { name: 'fails for good', mode: 'cut', hits: 'every request' },
];

/** Nobody notices these: the effect comes about, and its answer arrives. */
export const UNHARMFUL: ReadonlySet<FaultMode> = new Set<FaultMode>(['duplicate', 'slow']);

/** Other ways to meet the same, and what the services refuse by themselves. */
export const MORE_KINDS: readonly FaultKind[] = [
  { name: 'fails once', mode: 'cut', hits: 'one request' },
  { name: 'times out, undone', mode: 'timeout', hits: 'one call' },
  { name: 'times out, done', mode: 'timeout-done', hits: 'one call' },
  { name: 'is done, every answer lost', mode: 'answer-lost', hits: 'every request' },
  { name: 'is delivered twice, always', mode: 'duplicate', hits: 'every request' },
  { name: 'is never answered', mode: 'silence', hits: 'one request' },
  { name: 'meets a conflict', mode: 'conflict', hits: 'one request' },
  { name: 'meets conflicts for good', mode: 'conflict', hits: 'every request' },
  { name: 'is throttled', mode: 'throttled', hits: 'one request' },
  { name: 'is throttled for good', mode: 'throttled', hits: 'every request' },
  { name: 'is forbidden', mode: 'forbidden', hits: 'one request' },
  { name: 'is forbidden for good', mode: 'forbidden', hits: 'every request' },
];

/** The function dies, its execution does, or both. */
export const DEATHS: readonly FaultKind[] = (['kill', 'abort', 'crash'] as const).flatMap((what) =>
  (['before', 'after'] as const).map((when) => ({
    name: `${{ kill: 'function killed', abort: 'execution killed', crash: 'both killed' }[what]} ${when}`,
    mode: `${what}-${when}` as const,
    hits: 'one request' as const,
  })),
);
