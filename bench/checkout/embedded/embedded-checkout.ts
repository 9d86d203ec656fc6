import { dirname } from 'node:path';
import { type LocalRun } from '../../../bin/local-run';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createFunctionPool } from '../../../local/lambda/function-pool';
import { listen } from '../../../local/http/http-server';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../../local/aws-service';
import { bundle } from '../../cold-start/bundles';

const NAME = 'PurchaseTicket';

/** As many threads as the saga's four steps have together. */
const WORKERS = 8;

export interface EmbeddedCheckout {
  /** `POST /purchases` here does what `POST /api/purchases` does there. */
  readonly url: string;
  close(): Promise<void>;
}

/** The baseline beside a local run: one function behind the same HTTP server, on the same tables, bucket and topic. */
export async function startEmbeddedCheckout(run: LocalRun): Promise<EmbeddedCheckout> {
  const { cloud, clock } = run;
  const functions = createFunctionPool({ clock, workersPerFunction: WORKERS });
  const built = (await bundle([[NAME, 'bench/checkout/embedded/purchase-ticket.ts']])).get(NAME)!;
  const output = (pattern: RegExp) => outputOf(cloud.outputs, pattern);
  functions.register({
    name: NAME,
    arn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${NAME}`,
    codeDirectory: dirname(built.file),
    handler: 'index.handler',
    timeoutSeconds: 29,
    memoryMb: 1024,
    environment: {
      ...cloud.services.functionEnvironment(),
      [ENVIRONMENT.seatTable]: output(/RefSeatTable/),
      [ENVIRONMENT.purchaseTable]: output(/RefPurchaseTable/),
      [ENVIRONMENT.ticketBucket]: output(/RefTicketBucket/),
      [ENVIRONMENT.confirmationTopic]: output(/RefTicketConfirmations/),
      [ENVIRONMENT.ticketSecret]: output(/RefTicketSecret|RefTicketKey/),
      [ENVIRONMENT.stripeSecret]: output(/^StripeSecretArn$/),
    },
  });
  await functions.warm([NAME]);

  const http = await listen(0);
  http.serve([
    async ({ method, path, headers, body }) => {
      if (method !== 'POST' || path !== '/purchases') return undefined;
      const request: unknown = JSON.parse(body.toString());
      const answer = await functions.invoke(NAME, { purchaseId: headers['idempotency-key'], request });
      return {
        statusCode: answer.functionError ? 503 : 201,
        headers: { 'content-type': 'application/json' },
        body: answer.payload,
      };
    },
  ]);
  return {
    url: http.url,
    async close() {
      await http.close();
      await functions.close();
    },
  };
}

function outputOf(outputs: LocalRun['cloud']['outputs'], pattern: RegExp): string {
  const found = [...outputs.values()]
    .flatMap((each) => Object.entries(each))
    .find(([name]) => pattern.test(name));
  if (!found) throw new Error(`No output of the stacks matches ${pattern}`);
  return String(found[1]);
}
