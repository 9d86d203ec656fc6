import { definePlugin } from '../core/plugin';
import { DYNAMODB } from '../dynamodb/plugin';
import { EVENTBRIDGE } from '../eventbridge/plugin';
import { SQS } from '../sqs/plugin';
import { Checkpoints } from './checkpoints';
import { pipeRoutes } from './pipe-routes';
import { Pipes } from './pipes';
import { createPipesService } from './pipes-service';
import { pipeTypes } from './resource-types';

export const PIPES = definePlugin({
  name: 'pipes',
  needs: { dynamodb: DYNAMODB, buses: EVENTBRIDGE, sqs: SQS },
  start({ clock, storage, warn }, { dynamodb, buses, sqs }) {
    const checkpoints = new Checkpoints(storage.journalFile('pipes'));
    const service = new Pipes();
    const pauseAll = async (): Promise<void> => {
      await Promise.all(service.list().map((pipe) => pipe.pause()));
    };
    return {
      service,
      resourceTypes: pipeTypes({
        ...{ buses, checkpoints, clock, pipes: service, sqs, warn },
        stream: (arn) => dynamodb.stream(arn),
      }),
      endpoint: createPipesService(service),
      routes: pipeRoutes(service),
      ready: () => service.list().forEach((pipe) => pipe.resume()),
      pause: pauseAll,
      resume: () => service.list().forEach((pipe) => pipe.resume()),
      reset() {
        checkpoints.clear();
        service.list().forEach((pipe) => pipe.reset());
      },
      close: pauseAll,
    };
  },
});
