import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerService } from '../../local/secrets-manager/secrets-manager-service';
import { clientConfig, serve, track } from './aws-endpoint-fixture';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:stripe-AbCdEf';

async function start() {
  const secrets = createSecretsManagerService();
  secrets.putSecret('stripe', arn, 'sk_test_local');
  const client = track(new SecretsManagerClient(clientConfig(await serve([secrets]))));
  return { secrets, client };
}

test.each(['stripe', arn])('the secret %s is read by name and by ARN', async (SecretId) => {
  const { client } = await start();

  const secret = await client.send(new GetSecretValueCommand({ SecretId }));

  expect(secret).toMatchObject({
    ARN: arn,
    Name: 'stripe',
    SecretString: 'sk_test_local',
    VersionStages: ['AWSCURRENT'],
  });
  expect(secret.CreatedDate).toBeInstanceOf(Date);
});

test('a secret put again has a new value and a new version', async () => {
  const { secrets, client } = await start();
  const first = await client.send(new GetSecretValueCommand({ SecretId: arn }));

  secrets.putSecret('stripe', arn, 'rotated');

  const second = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  expect(second.SecretString).toBe('rotated');
  expect(second.VersionId).not.toBe(first.VersionId);
  const old = client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: first.VersionId }));
  await expect(old).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a secret that is not there, and an operation that is not supported, are refused by name', async () => {
  const { client } = await start();

  await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({ name: 'UnsupportedLocally' });
});
