import { type LocalRunOptions } from '../bin/local-run';
import { roleOf } from '../lib/workflow/role';

/** An execution of the local run. */
export type Execution = Parameters<NonNullable<LocalRunOptions['beforeState']>>[0];

/** An execution that stands, or will stand, in front of a state. */
export interface Breakpoint {
  /** Resolves with the execution when it has got there. */
  readonly reached: Promise<Execution>;
  /** Lets it go on. */
  readonly resume: () => void;
}

interface SetBreakpoint extends Breakpoint {
  readonly purchaseId: string;
  readonly state: string;
  readonly role: string;
  readonly reach: (execution: Execution) => void;
  readonly resumed: Promise<void>;
}

/** Holds executions in front of a state until a test has done there what it wants to do. Each holds once. */
export class Breakpoints {
  private readonly set = new Set<SetBreakpoint>();

  /** To be given to the local run. */
  readonly beforeState = async (execution: Execution, state: string): Promise<void> => {
    const { purchaseId } = execution.record.input as { purchaseId?: string };
    for (const breakpoint of this.set) {
      if (breakpoint.purchaseId !== purchaseId || breakpoint.state !== state) continue;
      if (breakpoint.role !== roleOf(execution.record)) continue;
      this.set.delete(breakpoint);
      breakpoint.reach(execution);
      return breakpoint.resumed;
    }
  };

  /** @param role of the workflow */
  before(state: string, purchaseId: string, role = 'checkout'): Breakpoint {
    let reach: SetBreakpoint['reach'] = () => undefined;
    let resume = (): void => undefined;
    const reached = new Promise<Execution>((resolve) => (reach = resolve));
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const breakpoint = { purchaseId, state, role, reached, resumed, reach, resume };
    this.set.add(breakpoint);
    return breakpoint;
  }
}
