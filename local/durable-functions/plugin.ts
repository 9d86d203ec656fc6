import { definePlugin } from '../core/plugin';
import { LAMBDA } from '../lambda/plugin';
import { DurableExecutions } from './durable-executions';
import { executionRoutes } from './execution-routes';
import { createLambdaApi } from './lambda-api';

/** Lambda's durable functions, and with them its API: the SDK within a function calls it, and who starts an execution. */
export const DURABLE_FUNCTIONS = definePlugin({
  name: 'durable-functions',
  needs: { functions: LAMBDA },
  start({ clock, storage, tell, warn }, { functions }) {
    const service = new DurableExecutions({
      ...{ clock, functions, warn },
      journalFile: storage.journalFile('durable-executions'),
      onChange: () => tell('durable-executions', () => ({})),
    });
    functions.executeBy(service);
    return {
      service,
      endpoint: createLambdaApi(functions, service),
      routes: executionRoutes(service),
      ready: () => service.resume(),
      pause: async () => service.pause(),
      resume: () => service.resume(),
      reset: () => service.reset(),
      close: () => service.close(),
    };
  },
});
