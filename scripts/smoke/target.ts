import { readFileSync } from 'node:fs';
import { LOCAL_CREDENTIALS } from '../../local/aws/aws-service';
import { type LocalDeployment } from '../../local/control/deployment-route';
import { type Signer } from '../../local/http/signed-fetch';
import { type ApiUrls } from './storefront';

/** A deployed stage, as far as the smoke test touches it. */
export interface Target extends ApiUrls {
  readonly stateMachineArn: string;
  readonly seatTable: string;
  readonly purchaseTable: string;
  readonly orderTable: string;
  readonly ticketBucket: string;
  readonly stripeSecretArn: string;
  readonly region: string;
  /** Base URLs where the services are not AWS's and Stripe's own. */
  readonly endpoints: { readonly aws?: string; readonly dynamodb?: string; readonly stripe?: string };
  /** @default the AWS SDK's own chain: environment, profile, role */
  readonly credentials?: Signer['credentials'];
}

/** What `cdk deploy --outputs-file` writes: outputs by stack name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** There is nothing to test, or it cannot be found. */
export class NoTarget extends Error {
  override readonly name = 'NoTarget';
}

/** @throws NoTarget naming what is missing */
export function readOutputs(file: string): Outputs {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outputs;
  } catch (cause) {
    throw new NoTarget(
      `${file} cannot be read. Deploy with: npm run deploy -- 'EventPro-dev/*' --outputs-file ${file}`,
      { cause },
    );
  }
}

/**
 * @param storefront through CloudFront, as the pages call the API
 * @throws NoTarget naming the output that is missing
 */
export function deployedTarget(outputs: Outputs, stage: string, { storefront = false } = {}): Target {
  const output = (stack: string, name: string): string => {
    const value = outputs[`EventPro-${stage}-${stack}`]?.[name];
    if (typeof value === 'string') return value;
    throw new NoTarget(`The outputs of the stack EventPro-${stage}-${stack} have no ${name}`);
  };
  const stateMachineArn = output('Checkout', 'StateMachineArn');
  const signedApiUrl = output('Checkout', 'ApiUrl');
  return {
    apiUrl: storefront ? `${output('Web', 'StorefrontUrl')}api` : signedApiUrl,
    signedApiUrl,
    stateMachineArn,
    seatTable: output('Data', 'SeatTableName'),
    purchaseTable: output('Data', 'PurchaseTableName'),
    orderTable: output('Data', 'OrderTableName'),
    ticketBucket: output('Data', 'TicketBucketName'),
    stripeSecretArn: output('Checkout', 'StripeSecretArn'),
    region: stateMachineArn.split(':')[3]!,
    endpoints: {},
  };
}

/**
 * The local run at this address.
 *
 * @throws NoTarget when nothing, or something else, answers there
 */
export async function localTarget(url: string): Promise<Target> {
  const base = url.replace(/\/$/, '');
  const response = await fetch(`${base}/local/deployment`).catch((cause: unknown) => {
    throw new NoTarget(`Nothing answers at ${base}. Start the local run: npm start`, { cause });
  });
  if (!response.ok) throw new NoTarget(`${base} is no local run of EventPro`);
  const { outputs, endpoints } = (await response.json()) as LocalDeployment;
  return {
    ...deployedTarget(outputs, 'dev'),
    apiUrl: `${base}/api`,
    signedApiUrl: `${base}/api`,
    endpoints,
    credentials: LOCAL_CREDENTIALS,
  };
}
