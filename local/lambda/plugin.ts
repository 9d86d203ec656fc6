import { definePlugin } from '../core/plugin';
import { SQS } from '../sqs/plugin';
import { createFunctionPool, type FunctionPoolOptions } from './function-pool';
import { FunctionLogs, logRoutes } from './function-logs';
import { lambdaTypes } from './resource-types';
import { type SqsEventSource } from './sqs-event-source';

type LambdaSettings = Pick<FunctionPoolOptions, 'around' | 'log' | 'workersPerFunction'>;

/** Functions find the services by the endpoint, so this plug-in needs none of those they call. */
export const LAMBDA = definePlugin({
  name: 'lambda',
  needs: { sqs: SQS },
  start({ clock, environment, warn }, { sqs }, settings: LambdaSettings) {
    const logs = new FunctionLogs(clock);
    const functions = createFunctionPool({
      ...{ clock, ...settings },
      log(line) {
        logs.add(line);
        settings.log?.(line);
      },
    });
    const eventSources: SqsEventSource[] = [];
    const stopEventSources = () => Promise.all(eventSources.map((source) => source.stop()));
    return {
      service: functions,
      routes: logRoutes(logs),
      reset: () => logs.clear(),
      resourceTypes: lambdaTypes({
        ...{ clock, environment, eventSources, functions, sqs },
        onBatchError: (error) => warn('A whole batch went back to its queue', error),
      }),
      async pause() {
        await Promise.all([functions.pause(), stopEventSources()]);
      },
      resume() {
        functions.resume();
        for (const source of eventSources) source.restart();
      },
      async close() {
        await stopEventSources();
        await functions.close();
      },
    };
  },
});
