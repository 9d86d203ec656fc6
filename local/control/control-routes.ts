import { type Cloud } from '../core/cloud';
import { type HttpHandler } from '../http/http-server';
import { clockRoutes, timeOf } from './clock-routes';
import { delayRoutes } from './delay-routes';
import { deploymentRoute } from './deployment-route';
import { EventStream } from './event-stream';
import { recordRoutes } from './record-routes';
import { NO_CONTENT, type Routes, serveRoutes } from '../http/route';

/**
 * The control routes of the local run, `/local/…`, for people, for the console, and for tests from outside: those of the services,
 * and those of the cloud as a whole.
 *
 * @param reset forgets everything, for `POST /local/reset`
 * @param others what whoever put the cloud together can do beside
 */
export function controlRoutes(cloud: Cloud, reset: () => Promise<void>, others: Routes = {}): HttpHandler {
  const { clock } = cloud;
  const stream = new EventStream();
  cloud.onEvent((event, data) => stream.publish(event, data));
  clock.onAdvance(() => stream.publish('clock', () => timeOf(clock)));

  return serveRoutes({
    ...cloud.routes,
    ...recordRoutes(cloud.records),
    ...delayRoutes(cloud),
    ...clockRoutes(clock),
    ...deploymentRoute(cloud),
    ...others,
    'POST /local/reset': async () => {
      await reset();
      stream.publish('reset', () => ({}));
      return NO_CONTENT;
    },
    'GET /local/events': () => stream.connect(),
  });
}
