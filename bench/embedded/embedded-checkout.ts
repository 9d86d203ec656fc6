import { dirname } from 'node:path';
import { type LocalRun } from '../../bin/local-run';
import { type FunctionName } from '../../lib/functions';
import { createFunctionPool } from '../../local/lambda/function-pool';
import { LAMBDA } from '../../local/lambda/plugin';
import { listen } from '../../local/http/http-server';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../local/aws/aws-service';
import { bundle } from '../bundles';
import { functionNameOf } from '../observe/checkout-observer';

const NAME = 'PurchaseTicket';

/** Whose code the baseline is made of. */
const STEPS: readonly FunctionName[] = [
  ...(['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'] as const),
  ...(['RefundPayment', 'ReleaseSeat'] as const),
];

/** As many threads as the saga's four steps have together. */
const WORKERS = 8;

export interface EmbeddedCheckout {
  /** `POST /purchases` here does what `POST /api/purchases` does there. */
  readonly url: string;
  close(): Promise<void>;
}

/** The baseline beside a local run: one function behind the same HTTP server, on the same tables, bucket and topic. */
export async function startEmbeddedCheckout(run: LocalRun): Promise<EmbeddedCheckout> {
  const { clock } = run;
  const functions = createFunctionPool({ clock, workersPerFunction: WORKERS });
  const built = (await bundle([[NAME, 'bench/embedded/purchase-ticket.ts']])).get(NAME)!;
  functions.register({
    name: NAME,
    arn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${NAME}`,
    codeDirectory: dirname(built.file),
    handler: 'index.handler',
    timeoutSeconds: 29,
    memoryMb: 1024,
    environment: environmentOfSteps(run),
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

/**
 * What the saga's steps find in their environments, together: the baseline lacks nothing that one of them reads, whatever a
 * step reads next.
 *
 * @throws Error when two steps are told different things under one name
 */
function environmentOfSteps({ cloud }: LocalRun): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, environment: own } of cloud.get(LAMBDA).configurations()) {
    const step = functionNameOf(name);
    if (!step || !STEPS.includes(step)) continue;
    for (const [variable, value] of Object.entries(own)) {
      if ((environment[variable] ??= value) !== value)
        throw new Error(`${name} finds another ${variable} than the steps before it`);
    }
  }
  return environment;
}
