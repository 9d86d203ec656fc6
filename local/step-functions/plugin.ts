import { LAMBDA } from '../lambda/plugin';
import { definePlugin, type Integration } from '../core/plugin';
import { ExecutionHistory, type ExecutionRecord } from './execution-history';
import { executionRoutes } from './execution-routes';
import { armedFaults, faultRoutes } from './fault-routes';
import { Interruptions } from './interruptions';
import { stepFunctionsTypes } from './resource-types';
import { type StateMachine, type StateMachinePorts } from './state-machine';
import { stateMachineRoutes } from './state-machine-routes';
import { createStepFunctionsService } from './step-functions-service';
import { taskRoutes } from './task-routes';

export interface StepFunctionsSettings extends Pick<StateMachinePorts, 'beforeState' | 'waitScale'> {
  /** Wraps every call that a state machine makes of a service itself, so that a harness can hurt it. @default as it is */
  readonly aroundIntegration?: (name: string, call: Integration['call']) => Integration['call'];
}

interface StepFunctions {
  readonly history: ExecutionHistory;
  readonly interruptions: Interruptions;
  readonly stateMachines: readonly StateMachine[];
}

/** Functions start executions by the endpoint; whatever else an execution calls, it calls by an integration. */
export const STEP_FUNCTIONS = definePlugin({
  name: 'step-functions',
  needs: { functions: LAMBDA },
  start(
    { clock, integration, tell },
    { functions },
    { beforeState, waitScale, aroundIntegration = (_, call) => call }: StepFunctionsSettings,
  ) {
    const history = new ExecutionHistory();
    const interruptions = new Interruptions();
    const stateMachines: StateMachine[] = [];
    let paused = false;

    const ports: StateMachinePorts = {
      ...{ clock, history, waitScale },
      async beforeState(execution, stateName) {
        // A function that has not ended yet may start one, which would write into what is just emptied.
        if (paused) return execution.abort();
        await beforeState?.(execution, stateName);
        await interruptions.before(execution, stateName);
      },
      invokeFunction: (arn, payload) => functions.invoke(arn, payload),
      integration(name) {
        const found = integration(name);
        return found && { ...found, call: aroundIntegration(name, (parameters) => found.call(parameters)) };
      },
    };
    const reset = () => Promise.all(stateMachines.map((machine) => machine.reset()));

    history.onBegin((execution) => tell('execution-started', () => withoutEvents(execution)));
    history.onEvent((event, execution) => {
      const { executionArn, id, status } = execution;
      tell('execution-event', () => ({ executionArn, id, event }));
      // The record has its end before the event that tells of it is heard.
      if (status !== 'RUNNING') tell('execution-ended', () => withoutEvents(execution));
    });
    const faultsChanged = () =>
      tell('faults', () => ({
        faults: armedFaults(stateMachines),
        kills: interruptions.listKills(),
        secondsBeforeState: interruptions.secondsBeforeState,
      }));
    interruptions.onChange(faultsChanged);

    const service: StepFunctions = { history, interruptions, stateMachines };
    return {
      service,
      resourceTypes: stepFunctionsTypes(stateMachines, ports),
      endpoint: createStepFunctionsService(stateMachines),
      routes: {
        ...executionRoutes({ history, stateMachines }),
        ...stateMachineRoutes(stateMachines),
        ...taskRoutes(stateMachines),
        ...faultRoutes({ interruptions, stateMachines }),
      },
      ready() {
        for (const { faults, taskTokens } of stateMachines) {
          faults.onChange(faultsChanged);
          taskTokens.onChange(() => tell('tasks', () => ({})));
        }
      },
      async pause() {
        paused = true;
        await reset();
      },
      resume() {
        paused = false;
      },
      async reset() {
        await reset();
        interruptions.reset();
        history.clear();
      },
      async close() {
        paused = true;
        await reset();
      },
    };
  },
});

function withoutEvents({ events: _, ...execution }: ExecutionRecord): object {
  return execution;
}
