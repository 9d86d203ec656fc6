import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import Stripe from 'stripe';
import { type Signer } from '../../local/http/signed-fetch';
import { NoTarget, type Target } from './target';

/** What the smoke test talks to beside the API. */
export interface Clients {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly stepFunctions: SFNClient;
  readonly stripe: Stripe;
  readonly signer: Signer;
}

/** @throws NoTarget unless the stage pays with a test key: this test buys tickets */
export async function connect({ endpoints, ...target }: Target): Promise<Clients> {
  const { region, credentials } = target;
  const aws = { region, credentials, endpoint: endpoints.aws };
  const s3 = new S3Client({ ...aws, forcePathStyle: endpoints.aws !== undefined });
  const secrets = new SecretsManagerClient(aws);
  const { SecretString: key = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: target.stripeSecretArn }),
  );
  secrets.destroy();
  if (!/^[rs]k_test_/.test(key)) {
    throw new NoTarget(
      'The stage has no Stripe test key (sk_test_… or rk_test_…) in its secret, and this test must not move real money',
    );
  }
  return {
    s3,
    dynamodb: DynamoDBDocumentClient.from(
      new DynamoDBClient({ ...aws, endpoint: endpoints.dynamodb ?? endpoints.aws }),
    ),
    // The SDK would put `sync-` before the host, which an address of this machine does not have.
    stepFunctions: new SFNClient({ ...aws, disableHostPrefix: endpoints.aws !== undefined }),
    stripe: new Stripe(key, { telemetry: false, ...(endpoints.stripe && addressOf(endpoints.stripe)) }),
    signer: { region, credentials: await s3.config.credentials() },
  };
}

function addressOf(url: string): { protocol: 'http' | 'https'; host: string; port: string } {
  const { protocol, hostname, port } = new URL(url);
  return { protocol: protocol === 'http:' ? 'http' : 'https', host: hostname, port };
}
