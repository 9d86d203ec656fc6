import { type IncomingMessage } from 'node:http';
import { type LocalRunOptions } from '../../bin/local-run';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { bodyOf, send, ServiceProxy } from '../../harness/service-proxy';
import { type FunctionName } from '../../lib/functions';
import { cloudAssembly } from './cloud-assembly';

/** A request at which its sender dies: before the service has it, or before the sender has the answer. */
export interface Death {
  readonly of: FunctionName;
  readonly at: (request: IncomingMessage, body: string) => boolean;
  /** The first such request is 1. @default 1 */
  readonly nth?: number | 'every';
  readonly mode: 'before' | 'after';
}

/** A checkpoint that tells of a step. */
export const checkpoint =
  (step: string, action: 'START' | 'SUCCEED'): Death['at'] =>
  ({ url }, body) => {
    if (!url!.endsWith('/checkpoint')) return false;
    const { Updates = [] } = JSON.parse(body) as { Updates?: { Name?: string; Action?: string }[] };
    return Updates.some(({ Name, Action }) => Name === step && Action === action);
  };

/** Functions of a local run that can be killed at a request of theirs. */
export class DyingFunctions {
  private readonly proxy = new ServiceProxy();
  /** Each kills the invocation that is under way. */
  private readonly killers = new Map<FunctionName, () => void>();
  private death: Death | undefined;
  private requests = 0;

  constructor(private readonly victims: readonly FunctionName[]) {}

  /** @param death @default nobody dies */
  plan(death?: Death): void {
    this.death = death;
    this.requests = 0;
  }

  /** How many such requests there were. */
  get met(): number {
    return this.requests;
  }

  readonly redirect: NonNullable<LocalRunOptions['redirect']> = (server, url) =>
    server === 'aws'
      ? this.proxy.before(async (incoming, response) => {
          const body = await bodyOf(incoming);
          const { of, mode } = this.deathAt(incoming, body.toString()) ?? {};
          const die = () => {
            this.killers.get(of!)!();
            response.destroy();
          };
          if (mode === 'before') return die();
          const reply = await this.proxy.forward(new URL(url), incoming, body);
          if (mode === 'after') return die();
          send(response, reply);
        })
      : url;

  readonly aroundInvoke: NonNullable<LocalRunOptions['aroundInvoke']> =
    (invoke) => (name, payload, invocation) => {
      const of = this.victims.find((victim) => name.includes(`-${victim}`));
      if (!of) return invoke(name, payload, invocation);
      const killer = new AbortController();
      this.killers.set(of, () => killer.abort());
      return invoke(name, payload, { ...invocation, signal: killer.signal });
    };

  close(): Promise<void> {
    return this.proxy.close();
  }

  private deathAt(request: IncomingMessage, body: string): Death | undefined {
    const { death } = this;
    if (!death?.at(request, body)) return undefined;
    const { nth = 1 } = death;
    return ++this.requests === nth || nth === 'every' ? death : undefined;
  }
}

/** A local run of which these functions can be killed; before each test of the file it is reset, and nobody dies. */
export function useDyingRun(...victims: FunctionName[]) {
  const dying = new DyingFunctions(victims);
  let run: FaultRun | undefined;
  beforeAll(async () => {
    const { redirect, aroundInvoke } = dying;
    run = await startFaultRun({ assemblyDirectory: await cloudAssembly(), redirect, aroundInvoke });
  });
  afterAll(async () => {
    await run?.close();
    await dying.close();
  });
  beforeEach(async () => {
    dying.plan();
    await run!.eventpro.reset();
  });
  return {
    dying,
    get run() {
      return run!;
    },
  };
}
