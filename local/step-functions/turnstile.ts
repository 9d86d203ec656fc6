import { AwsError } from '../aws/aws-error';

export interface TurnstileOptions {
  /** How many may be inside at once. @default 64, more than two threads a function can work on */
  readonly capacity?: number;
  /** Seconds one may wait outside. @default 25: API Gateway hangs up after 29, and the execution takes some too */
  readonly patienceSeconds?: number;
}

interface Waiting {
  /** By the monotonic clock, milliseconds. */
  readonly since: number;
  readonly enter: () => void;
  readonly giveUp: (error: Error) => void;
}

/**
 * Where synchronous executions wait for their turn.
 *
 * AWS adds capacity for a surge and throttles what comes before it is there. A laptop has none to add: so the surplus
 * waits before it starts, in the order it came, instead of between two states, where it would run into their time-outs.
 */
export class Turnstile {
  private inside = 0;
  private readonly outside: Waiting[] = [];
  private readonly capacity: number;
  private readonly patienceMs: number;

  constructor({ capacity = 64, patienceSeconds = 25 }: TurnstileOptions = {}) {
    this.capacity = capacity;
    this.patienceMs = patienceSeconds * 1000;
  }

  /** @throws AwsError ThrottlingException when its turn comes too late */
  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.inside < this.capacity) this.inside++;
    else await this.turn();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Sends away everybody who still waits. */
  dismiss(): void {
    for (const { giveUp } of this.outside.splice(0)) giveUp(throttled());
  }

  private turn(): Promise<void> {
    return new Promise((enter, giveUp) => this.outside.push({ since: performance.now(), enter, giveUp }));
  }

  /** Hands the place to the next in line whose caller is still there. */
  private leave(): void {
    for (let next = this.outside.shift(); next; next = this.outside.shift()) {
      if (performance.now() - next.since <= this.patienceMs) return next.enter();
      next.giveUp(throttled());
    }
    this.inside--;
  }
}

function throttled(): AwsError {
  return new AwsError('ThrottlingException', 'Rate exceeded');
}
