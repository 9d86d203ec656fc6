/**
 * An error in our own words: its message names no person and repeats nothing that somebody sent, so it may leave the
 * function and be logged. The message of any other error is not logged.
 */
export abstract class OwnError extends Error {
  /** What the log may hold beside the name: codes and ids that others gave, no words of theirs. */
  readonly facts?: Readonly<Record<string, string>>;
}
