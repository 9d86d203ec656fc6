import { type Cloud } from '../cloud';
import { type HttpHandler } from '../http/http-server';
import { clockRoutes } from './clock-routes';
import { delayRoutes } from './delay-routes';
import { EventStream } from './event-stream';
import { executionRoutes } from './execution-routes';
import { faultRoutes } from './fault-routes';
import { inboxRoutes } from './inbox-routes';
import { publishLiveEvents } from './live-events';
import { recordRoutes } from './record-routes';
import { json, limitOf, NO_CONTENT, serveRoutes } from './route';
import { stateMachineRoutes } from './state-machine-routes';

export interface ControlPorts {
  readonly cloud: Cloud;
  readonly payments: {
    /** What `GET /local/payments` answers, newest first. */
    readonly list: () => readonly unknown[];
    /** Calls `listener` after each change of a payment. */
    readonly onChange: (listener: () => void) => void;
  };
  /** Forgets everything, for `POST /local/reset`. */
  readonly reset: () => Promise<void>;
}

/** The control routes of the local run, `/local/…`: for people, for the console, and for tests from outside. */
export function controlRoutes({ cloud, payments, reset }: ControlPorts): HttpHandler {
  const { services } = cloud;
  const stream = new EventStream();
  publishLiveEvents(stream, cloud, payments.onChange);

  return serveRoutes({
    ...executionRoutes(services),
    ...stateMachineRoutes(services.stateMachines),
    ...inboxRoutes(services.inbox),
    'GET /local/payments': (_, request) =>
      json(200, { payments: payments.list().slice(0, limitOf(request)) }),
    ...recordRoutes(services),
    ...faultRoutes(services),
    ...delayRoutes(services),
    ...clockRoutes(services.clock),
    'POST /local/reset': async () => {
      await reset();
      stream.publish('reset', () => ({}));
      return NO_CONTENT;
    },
    'GET /local/events': () => stream.connect(),
  });
}
