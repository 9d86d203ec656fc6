import { setImmediate } from 'node:timers/promises';
import { type LocalRun, type LocalRunOptions, STAGE, startLocalRun } from '../bin/local-run';
import { purchaseHash } from '../lambda/shared/reference';
import { type FunctionName } from '../lib/functions';
import { roleOf } from '../lib/workflow/role';
import { readStage } from '../local/cloudformation/cloud-assembly';
import { physicalName } from '../local/cloudformation/physical-name';
import { LAMBDA } from '../local/lambda/plugin';
import { SQS } from '../local/sqs/plugin';
import { type Queue } from '../local/sqs/queue';
import { EventProClient } from '../harness/eventpro-client';
import { Breakpoints, type Execution } from './breakpoints';
import { STEP_FUNCTIONS } from '../local/step-functions/plugin';
import { Stores } from './stores';

/** A local run that a test may hold, hurt and look into. */
export interface FaultRun extends LocalRun {
  readonly eventpro: EventProClient;
  readonly breakpoints: Breakpoints;
  /** Resolves when no function runs. */
  idle(): Promise<void>;
  /** Invokes a function as its schedule does. */
  invoke(name: FunctionName): Promise<void>;
  /** Invokes a function and kills it as soon as it has started a recovery. */
  invokeUntilRecovery(name: FunctionName): Promise<void>;
  /** Makes the purchase due now, however young it is. */
  makeDue(purchaseId: string): Promise<void>;
  /** Starts recovery of the purchase, as a reconciler does that finds it in the index: which may be behind the record. */
  recover(purchaseId: string): Execution;
  /** The recoveries of the purchase, oldest first. */
  recoveriesOf(purchaseId: string): Execution['record'][];
  /** The queue whose logical id begins so: `EmailChannelQueue`. */
  queue(logicalId: string): Queue;
}

/** Starts one. The waits before retries cost nothing: how long they are is asserted on the definition. */
export async function startFaultRun({
  assemblyDirectory,
  aroundInvoke = (invoke) => invoke,
  // A purchase has the work that is broken, and no other.
  stripeEvents = false,
  ...options
}: Pick<
  LocalRunOptions,
  'aroundInvoke' | 'assemblyDirectory' | 'log' | 'redirect' | 'stripeEvents'
>): Promise<FaultRun> {
  const breakpoints = new Breakpoints();
  const invocations = new Set<Promise<unknown>>();
  const run = await startLocalRun({
    ...{ ...options, assemblyDirectory, stripeEvents, port: 0, waitScale: 0, warm: false },
    aroundInvoke(invoke) {
      const around = aroundInvoke(invoke);
      return (...invocation) => {
        const answered = around(...invocation);
        invocations.add(answered);
        void answered.finally(() => invocations.delete(answered)).catch(() => undefined);
        return answered;
      };
    },
    beforeState: breakpoints.beforeState,
  });
  const functions = run.cloud.get(LAMBDA);
  const sqs = run.cloud.get(SQS);
  const { history, stateMachines } = run.cloud.get(STEP_FUNCTIONS);
  const recovery = stateMachines.find((machine) => roleOf(machine) === 'recovery')!;
  const stores = new Stores(run);
  let forced = 0;

  return {
    ...run,
    async close() {
      stores.close();
      await run.close();
    },
    eventpro: new EventProClient(() => run.url),
    breakpoints,
    async idle() {
      // A message that was received is handed over, and an answer is taken, a moment later.
      do {
        await setImmediate();
        await Promise.allSettled(invocations);
      } while (invocations.size > 0);
      await setImmediate();
    },
    async invoke(name) {
      const { functionError, payload } = await functions.invoke(functionName(assemblyDirectory, name), {});
      if (functionError) throw new Error(`${name} failed: ${payload}`);
    },
    async invokeUntilRecovery(name) {
      const killer = new AbortController();
      const stop = history.onEvent((_, execution) => roleOf(execution) === 'recovery' && killer.abort());
      await functions.invoke(functionName(assemblyDirectory, name), {}, { signal: killer.signal });
      stop();
    },
    makeDue: (purchaseId) => stores.makeDue(purchaseId),
    recover: (purchaseId) =>
      recovery.start({ purchaseId, failures: {} }, { name: `${purchaseHash(purchaseId)}-forced${++forced}` }),
    recoveriesOf: (purchaseId) =>
      history
        .list()
        .filter((record) => roleOf(record) === 'recovery' && record.name.startsWith(purchaseHash(purchaseId)))
        .reverse(),
    queue: (logicalId) => sqs.list().find(({ name }) => name.includes(`-${logicalId}`))!,
  };
}

/** The physical name of a function. */
export function functionName(assemblyDirectory: string, name: string): string {
  for (const { stackName, template } of readStage(assemblyDirectory, STAGE)) {
    for (const [logicalId, { Type }] of Object.entries(template.Resources)) {
      const isIt = Type === 'AWS::Lambda::Function' && new RegExp(`^${name}[0-9A-F]{8}$`).test(logicalId);
      if (isIt) return physicalName({ stackName, logicalId, properties: {}, assets: new Map() }, 64);
    }
  }
  throw new Error(`The assembly has no function ${name}`);
}
