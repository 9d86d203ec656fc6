import { join } from 'node:path';
import { INSTALLATION_KEY } from '../lambda/purchase/installation';
import { PROBLEMS } from '../lambda/shared/problem';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { securityHeaders } from '../lib/web/security-headers';
import { Closing } from '../local/core/closing';
import { API_GATEWAY } from '../local/api-gateway/plugin';
import { messageOf } from '../local/aws/error-message';
import { type Cloud, type CloudOptions, startCloud } from '../local/core/cloud';
import { LocalClock } from '../local/core/clock';
import { controlRoutes } from '../local/control/control-routes';
import { DYNAMODB } from '../local/dynamodb/plugin';
import { listen } from '../local/http/http-server';
import { signedHeaders } from '../local/http/signed-fetch';
import { staticFiles } from '../local/http/static-files';
import { type FunctionPoolOptions } from '../local/lambda/function-pool';
import { LAMBDA } from '../local/lambda/plugin';
import { configure } from '../local/core/plugin';
import { PLUGINS } from '../local/plugins';
import { makePrivate } from '../local/core/private-folder';
import { lockFolder } from '../local/core/run-lock';
import { SECRETS_MANAGER } from '../local/secrets-manager/plugin';
import { awaitedFunctions } from '../local/step-functions/awaited-functions';
import { STEP_FUNCTIONS, type StepFunctionsSettings } from '../local/step-functions/plugin';
import { type StateMachinePorts } from '../local/step-functions/state-machine';
import { STRIPE } from '../local/stripe/plugin';
import { type StripeServer } from '../local/stripe/stripe-server';
import { DEMO_EXTRAS, demoEventAt } from './demo-event';
import { redriveRoute } from './redrive-route';

export const STAGE = 'EventPro-dev';

/** By which the local Stripe server signs its events: for no endpoint but this run's. */
const SIGNING_SECRET = 'whsec_local';

const PUT_ATTEMPTS = 3;

/** What the functions reach by an address of its own: the endpoint of all services but two, and those two. */
export type RedirectedServer = 'aws' | 'dynamodb' | 'stripe';

export interface LocalRunOptions
  extends
    Pick<CloudOptions, 'onBroken' | 'runDirectory' | 'warn'>,
    Pick<FunctionPoolOptions, 'log' | 'workersPerFunction'>,
    Pick<StateMachinePorts, 'beforeState' | 'waitScale'> {
  /** The cloud assembly: `cdk.out`. */
  readonly assemblyDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Keeps everything across restarts. @default in memory */
  readonly dataDirectory?: string;
  /**
   * Answers the address under which the functions find a server, so that a harness can stand in between.
   * @default the server's own address
   */
  readonly redirect?: (server: RedirectedServer, url: string) => string | Promise<string>;
  /** Wraps every invocation of a function, so that a harness can watch it or kill it in the middle. */
  readonly aroundInvoke?: FunctionPoolOptions['around'];
  /** Wraps every call that a state machine makes of a service without a function. */
  readonly aroundIntegration?: StepFunctionsSettings['aroundIntegration'];
  /** Whether the local Stripe server sends its events to the API, as Stripe does. @default true */
  readonly stripeEvents?: boolean;
  /** Loads what a synchronous workflow calls in the background, so that the first purchase need not. @default true */
  readonly warm?: boolean;
  /** Whether the demo event has extras. @default false */
  readonly demoExtras?: boolean;
}

/** EventPro on this machine. */
export interface LocalRun {
  /** `http://127.0.0.1:PORT`; the API is at `/api`. */
  readonly url: string;
  readonly cloud: Cloud;
  readonly clock: LocalClock;
  readonly stripe: StripeServer;
  close(): Promise<void>;
}

/** Puts EventPro together on this machine: the templates of its dev stage, a payment server, the pages, a demo event. */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const { aroundIntegration, aroundInvoke, beforeState, dataDirectory } = options;
  const { log, redirect, waitScale, workersPerFunction } = options;
  const closing = new Closing();
  return closing.afterFailureOf(start);

  async function start(): Promise<LocalRun> {
    // Before anything is read in it.
    if (dataDirectory) {
      closing.push(lockFolder(dataDirectory));
      makePrivate(dataDirectory, options.warn);
    }
    const clock = new LocalClock(dataDirectory && join(dataDirectory, 'clock.jsonl'));
    const http = await listen(options.port, options.warn);
    closing.push(() => http.close());
    const cloud = await startCloud({
      ...options,
      clock,
      stage: STAGE,
      plugins: PLUGINS,
      settings: [
        configure(API_GATEWAY, { basePath: '/api' }),
        // Functions that stay loaded would have another id than those loaded after a reset, and each count by their own.
        configure(DYNAMODB, { isKept: ([key]) => key === INSTALLATION_KEY }),
        configure(LAMBDA, { around: aroundInvoke, log, workersPerFunction }),
        configure(STEP_FUNCTIONS, { aroundIntegration, beforeState, waitScale }),
        configure(STRIPE, {
          variable: ENVIRONMENT.stripeApiBase,
          ...((options.stripeEvents ?? true) && {
            endpoint: { url: `${http.url}/api/stripe-events`, secrets: [SIGNING_SECRET] },
          }),
        }),
      ],
      redirect: redirect && ((server, url) => redirect(server as RedirectedServer, url)),
      environment: { [ENVIRONMENT.apiUrl]: `${http.url}/api`, [ENVIRONMENT.storefrontUrl]: http.url },
    });
    closing.push(() => cloud.close());
    const api = cloud.get(API_GATEWAY);
    // What a person does after `cdk deploy`: put Stripe's key and signing secret into the secrets.
    const { StripeSecretArn, StripeSigningSecretArn } = cloud.outputs.get(`${STAGE}-Checkout`)!;
    for (const [arn, value] of [
      [StripeSecretArn, 'sk_test_local'],
      [StripeSigningSecretArn, SIGNING_SECRET],
    ] as [string, string][])
      cloud.get(SECRETS_MANAGER).putSecret(arn, arn, value);

    // A bundle that fails to load says so when it is invoked.
    if (options.warm ?? true) {
      const awaited = awaitedFunctions(cloud.get(STEP_FUNCTIONS).stateMachines);
      cloud
        .get(LAMBDA)
        .warm(awaited)
        .catch(() => undefined);
    }

    // An API without its event would answer that there is none: until it is there, requests wait.
    // So they do for its extras, which the start itself does not wait for.
    const reset = () => {
      const done = cloud.reset().then(putDemoEvent).then(putDemoExtras);
      ready = done.catch(() => undefined);
      return done;
    };
    if (!dataDirectory || !(await isDemoEventAhead())) await putDemoEvent();
    let ready: Promise<unknown> = putDemoExtras();
    http.serve([
      controlRoutes(cloud, reset, redriveRoute(cloud, STAGE)),
      async (request) => {
        if (!/^\/api(\/|$)/.test(request.path)) return undefined;
        await ready;
        return api.handle(request);
      },
      staticFiles(join(__dirname, '..', 'web'), headersOf),
    ]);
    return { url: http.url, cloud, clock, stripe: cloud.get(STRIPE), close: closing.run };

    /** Whether an earlier run on this data has left it where it can be bought: it stays as its organiser has changed it. */
    async function isDemoEventAhead(): Promise<boolean> {
      const request = { method: 'GET', path: '/api/events', headers: {}, query: new URLSearchParams() };
      const { statusCode, body = '' } = await api.handle({ ...request, body: Buffer.alloc(0) });
      if (statusCode !== 200) return false;
      const { events } = JSON.parse(body.toString()) as { events: { eventId: string; startsAt: string }[] };
      const startsAt = events.find(({ eventId }) => eventId === 'demo')?.startsAt;
      return startsAt !== undefined && Date.parse(startsAt) > clock.now();
    }

    /** An event that is there already keeps its sold seats, and moves ahead. */
    function putDemoEvent(): Promise<void> {
      return put('event', '/api/events/demo', demoEventAt(new Date(clock.now())));
    }

    /** Nothing else needs them: a run without them says so, and goes on. */
    async function putDemoExtras(): Promise<void> {
      if (!options.demoExtras) return;
      await put('extras', '/api/events/demo/extras', { extras: DEMO_EXTRAS }).catch((error: unknown) =>
        options.warn?.(messageOf(error)),
      );
    }

    /**
     * By the API, as an operator would. On a machine so busy that the function runs out of time, once more: the second time it is
     * loaded.
     */
    async function put(what: string, path: string, content: object): Promise<void> {
      const init = { method: 'PUT', body: JSON.stringify(content) };
      const headers = await signedHeaders(`${http.url}${path}`, init);
      const request = { ...init, path, headers, query: new URLSearchParams(), body: Buffer.from(init.body) };
      for (let attempt = 1; ; attempt++) {
        const { statusCode, body = '' } = await api.handle(request);
        // Somebody has cancelled the event, in an earlier run on this data: that is for good.
        if (statusCode < 300 || body.includes(PROBLEMS.EventCancelled.code)) return;
        if (statusCode < 500 || attempt === PUT_ATTEMPTS) {
          throw new Error(`The demo ${what} could not be put: ${body.toString()}`);
        }
      }
    }
  }
}

/** The console shows e-mails in a frame. */
function headersOf(path: string) {
  return securityHeaders({ stripe: false, framesOwnHost: path.startsWith('/console/') });
}
