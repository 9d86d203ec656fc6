import { type LocalClock } from '../core/clock';
import { BadRequest, json, type Routes } from '../http/route';
import { type FunctionLogLine } from './sandbox';

/** Lines remembered: those of some two hundred purchases. */
const KEPT = 4_000;

/** Shorter texts would mean half of everything. */
const SHORTEST = 8;

interface LogLine extends FunctionLogLine {
  /** ISO 8601, by the local clock. */
  readonly at: string;
}

/** What the functions printed last: what CloudWatch Logs would have. */
export class FunctionLogs {
  private readonly lines: LogLine[] = [];

  constructor(private readonly clock: LocalClock) {}

  add(line: FunctionLogLine): void {
    this.lines.push({ ...line, at: new Date(this.clock.now()).toISOString() });
    if (this.lines.length > KEPT) this.lines.splice(0, KEPT / 10);
  }

  /** Oldest first. */
  mentioning(text: string): readonly LogLine[] {
    return this.lines.filter((line) => line.text.includes(text));
  }

  clear(): void {
    this.lines.length = 0;
  }
}

export function logRoutes(logs: FunctionLogs): Routes {
  return {
    'GET /local/logs': (_, { query }) => {
      const mentioned = query.get('mentions') ?? '';
      if (mentioned.length < SHORTEST) {
        throw new BadRequest(`mentions must be a text of at least ${SHORTEST} characters.`);
      }
      return json(200, { lines: logs.mentioning(mentioned) });
    },
  };
}
