import { FUNCTIONS, type FunctionName } from '../../lib/functions';
import { concurrentCalls } from '../checkout/layers';
import { type Invocation } from '../observe/checkout-observer';
import { type ObservedCheckouts } from '../server/observe-checkouts';
import { median } from '../report/statistics';
import { type StageSettings } from './stage-templates';

/** What one function does in a checkout: medians of those that were watched. */
export interface FunctionUse {
  readonly name: FunctionName;
  readonly memoryMb: number;
  /** Milliseconds of processor time on this machine. */
  readonly busyMs: number;
  /** `service operation` of its calls; those of a group were under way at the same time. */
  readonly calls: readonly (readonly string[])[];
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly writeUnitsByTable: Readonly<Record<string, number>>;
  /** Bytes it printed, with CloudWatch's 26 a line. */
  readonly logBytes: number;
  /** Whether Lambda adds lines of its own to each run. */
  readonly logsEveryRun: boolean;
}

export interface Consumption {
  readonly steps: readonly FunctionUse[];
  /** Tasks that call a service without a function, which a workflow logs like the others. @default 0 */
  readonly directTasks?: number;
  readonly deliveries: readonly FunctionUse[];
  /** States entered, in order. */
  readonly states: readonly string[];
  /** Whether Step Functions logs every event. */
  readonly logsEveryState: boolean;
}

const LOG_EVENT_OVERHEAD = 26;

/** What a purchase uses of everything that has a price. */
export function consumptionOf(
  { observed }: Pick<ObservedCheckouts, 'observed'>,
  stage: StageSettings,
): Consumption {
  const checkouts = observed.map(({ checkout }) => checkout);
  const usesOf = (invocations: readonly Invocation[]): FunctionUse[] =>
    Object.keys(FUNCTIONS).flatMap((each) => {
      const name = each as FunctionName;
      const mine = invocations.filter((invocation) => invocation.function === name);
      if (mine.length === 0) return [];
      const typical = (value: (invocation: Invocation) => number) => median(mine.map(value));
      return [
        {
          name,
          memoryMb: stage.memoryOf(name),
          logsEveryRun: stage.logsEveryRun(name),
          busyMs: typical(({ cpuMs }) => cpuMs),
          // The first call of a container reads the secret; the last purchase shows what every other one does.
          calls: concurrentCalls(mine.at(-1)!.calls).map((group) =>
            group.map(({ service, operation }) => `${service} ${operation}`),
          ),
          readUnits: typical(({ calls }) => sum(calls.map(({ readUnits }) => readUnits))),
          writeUnits: typical(({ calls }) => sum(calls.map(({ writeUnits }) => writeUnits))),
          writeUnitsByTable: byTable(mine.at(-1)!),
          logBytes: typical(({ logLines }) =>
            sum(logLines.map((line) => Buffer.byteLength(line) + LOG_EVENT_OVERHEAD)),
          ),
        },
      ];
    });
  return {
    steps: usesOf(checkouts.flatMap(({ steps }) => steps)),
    deliveries: usesOf(checkouts.flatMap(({ deliveries }) => deliveries)),
    states: checkouts.at(-1)!.states,
    logsEveryState: stage.logsEveryState,
  };
}

function byTable({ calls }: Invocation): Record<string, number> {
  const units: Record<string, number> = {};
  for (const [table, count] of calls.flatMap((call) => Object.entries(call.writeUnitsByTable))) {
    units[table] = (units[table] ?? 0) + count;
  }
  return units;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
