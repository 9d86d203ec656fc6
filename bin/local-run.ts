import { join } from 'node:path';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { securityHeaders } from '../lib/web/security-headers';
import { Closing } from '../local/closing';
import { type Cloud, type CloudOptions, type RedirectableService, startCloud } from '../local/cloud';
import { LocalClock } from '../local/clock';
import { controlRoutes } from '../local/control/control-routes';
import { deploymentRoute } from '../local/control/deployment-route';
import { listen } from '../local/http/http-server';
import { signedHeaders } from '../local/http/signed-fetch';
import { staticFiles } from '../local/http/static-files';
import { makePrivate } from '../local/private-folder';
import { lockFolder } from '../local/run-lock';
import { startStripeServer, type StripeServer } from '../local/stripe/stripe-server';
import { demoEventAt } from './demo-event';

export const STAGE = 'EventPro-dev';

const PUT_ATTEMPTS = 3;

export interface LocalRunOptions extends Pick<
  CloudOptions,
  | 'aroundInvoke'
  | 'beforeState'
  | 'log'
  | 'onBroken'
  | 'runDirectory'
  | 'waitScale'
  | 'warm'
  | 'warn'
  | 'workersPerFunction'
> {
  /** The cloud assembly: `cdk.out`. */
  readonly assemblyDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Keeps everything across restarts. @default in memory */
  readonly dataDirectory?: string;
  /**
   * Answers the address under which the functions find a service, so that a harness can stand in between.
   * @default the service's own address
   */
  readonly redirect?: (service: RedirectableService | 'stripe', url: string) => string | Promise<string>;
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
  const { dataDirectory, redirect = (_, url) => url } = options;
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
    const stripe = await startStripeServer({
      clock,
      journalFile: dataDirectory && join(dataDirectory, 'stripe.jsonl'),
    });
    closing.push(() => stripe.close());
    const stripeApiBase = await redirect('stripe', stripe.url);

    const cloud = await startCloud({
      ...options,
      clock,
      stage: STAGE,
      apiBasePath: '/api',
      environment: { [ENVIRONMENT.stripeApiBase]: stripeApiBase, [ENVIRONMENT.apiUrl]: `${http.url}/api` },
    });
    closing.push(() => cloud.close());
    // What a person does after `cdk deploy`: put the key into the secret.
    const secretArn = cloud.outputs.get(`${STAGE}-Checkout`)!.StripeSecretArn as string;
    cloud.services.secretsManager.putSecret(secretArn, secretArn, 'sk_test_local');

    // An API without its event would answer that there is none: until it is there, requests wait.
    let ready: Promise<unknown> = Promise.resolve();
    const reset = () => {
      const done = cloud.reset(() => stripe.reset()).then(putDemoEvent);
      ready = done.catch(() => undefined);
      return done;
    };
    await putDemoEvent();
    http.serve([
      deploymentRoute(cloud, stripe.url),
      controlRoutes({
        cloud,
        reset,
        payments: { list: () => stripe.payments(), onChange: (listener) => stripe.onChange(listener) },
      }),
      async (request) => {
        if (!/^\/api(\/|$)/.test(request.path)) return undefined;
        await ready;
        return cloud.restApi.handle(request);
      },
      staticFiles(join(__dirname, '..', 'web'), headersOf),
    ]);
    return { url: http.url, cloud, clock, stripe, close: closing.run };

    /**
     * By the API, as an operator would: an event that is there already keeps its sold seats, and moves ahead. On a machine so busy
     * that the function runs out of time, once more: the second time it is loaded.
     */
    async function putDemoEvent(): Promise<void> {
      const path = '/api/events/demo';
      const init = { method: 'PUT', body: JSON.stringify(demoEventAt(new Date(clock.now()))) };
      const headers = await signedHeaders(`${http.url}${path}`, init);
      const request = { ...init, path, headers, query: new URLSearchParams(), body: Buffer.from(init.body) };
      for (let attempt = 1; ; attempt++) {
        const { statusCode, body = '' } = await cloud.restApi.handle(request);
        if (statusCode < 300) return;
        if (statusCode < 500 || attempt === PUT_ATTEMPTS) {
          throw new Error(`The demo event could not be put: ${body.toString()}`);
        }
      }
    }
  }
}

/** The console shows e-mails in a frame. */
function headersOf(path: string) {
  return securityHeaders({ stripe: false, framesOwnHost: path.startsWith('/console/') });
}
