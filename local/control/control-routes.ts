import { type AwsRequest, type AwsResponse } from '../aws-service';
import { type Cloud } from '../cloud';
import { type HttpHandler } from '../http/http-server';
import { type Fault } from '../step-functions/faults';

export interface ControlPorts {
  readonly cloud: Cloud;
  /** What `GET /local/payments` answers. */
  readonly payments: () => readonly unknown[];
  /** Forgets everything, for `POST /local/reset`. */
  readonly reset: () => Promise<void>;
}

type Route = (parameter: string, request: AwsRequest) => Promise<AwsResponse> | AwsResponse;

/** Seconds the clock may be moved at once: ten years. Beyond it dates stop making sense. */
const MAX_ADVANCE = 315_360_000;

/** The control routes of the local run, `/local/…`: for people, and for tests from outside. */
export function controlRoutes({ cloud, payments, reset }: ControlPorts): HttpHandler {
  const { clock, history, inbox, stateMachines } = cloud.services;

  const routes: Record<string, Route> = {
    'GET /local/executions': () =>
      json(200, { executions: history.list().map(({ events: _, ...execution }) => execution) }),

    'GET /local/executions/*': (id) => {
      const execution = history.get(id);
      return execution ? json(200, execution) : refusal(404, `There is no execution ${id}.`);
    },

    'GET /local/inbox': () => json(200, { messages: [...inbox.list()].reverse() }),

    'GET /local/payments': () => json(200, { payments: payments() }),

    'GET /local/faults': () =>
      json(200, Object.assign({}, ...stateMachines.map(({ faults }) => faults.list())) as object),

    'PUT /local/faults/*': (state, request) => {
      const fault = body(request) as Fault;
      // A compensation is a state of several machines: the fault is armed wherever the state is.
      const refusals: string[] = [];
      for (const { faults } of stateMachines) {
        try {
          faults.set(state, fault);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          refusals.push(error.message);
        }
      }
      const armed = refusals.length < stateMachines.length;
      return armed ? json(200, { state, ...fault }) : refusal(400, refusals.join(' '));
    },

    'DELETE /local/faults': () => {
      for (const { faults } of stateMachines) faults.clear();
      return { statusCode: 204 };
    },

    'GET /local/clock': () => json(200, { now: new Date(clock.now()).toISOString() }),

    'POST /local/clock': (_, request) => {
      const { advanceSeconds } = body(request) as { advanceSeconds?: unknown };
      if (typeof advanceSeconds !== 'number' || !(advanceSeconds >= 0 && advanceSeconds <= MAX_ADVANCE)) {
        return refusal(400, `advanceSeconds must be a number from 0 to ${MAX_ADVANCE}.`);
      }
      clock.advance(advanceSeconds);
      return json(200, { now: new Date(clock.now()).toISOString() });
    },

    'POST /local/reset': async () => {
      await reset();
      return { statusCode: 204 };
    },
  };

  return async (request) => {
    if (!request.path.startsWith('/local/')) return undefined;
    const [, , collection = '', ...rest] = request.path.split('/');
    const parameter = rest.map(decoded).join('/');
    const route = routes[`${request.method} /local/${collection}${parameter ? '/*' : ''}`];
    if (!route)
      return refusal(
        404,
        `There is no ${request.method} ${request.path}. There are: ${Object.keys(routes).join(', ')}.`,
      );
    try {
      return await route(parameter, request);
    } catch (error) {
      if (error instanceof NotJson) return refusal(400, 'The body must be a JSON object.');
      throw error;
    }
  };
}

/** A part of the path; as it stands, if it is not percent-encoded text. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class NotJson extends Error {}

function body({ body }: AwsRequest): object {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Answered as any other body that is no object.
  }
  throw new NotJson();
}

function json(statusCode: number, value: object): AwsResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value, null, 2) + '\n',
  };
}

function refusal(status: number, detail: string): AwsResponse {
  const title = status === 404 ? 'Not found' : 'The request is not valid';
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }) + '\n',
  };
}
