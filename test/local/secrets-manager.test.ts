import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { generateSecretString } from '../../local/secrets-manager/generate-secret-string';
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

test('a secret put again has a new value in a new version, and the old one is the previous', async () => {
  const { secrets, client } = await start();
  const first = await client.send(new GetSecretValueCommand({ SecretId: arn }));

  secrets.putSecret('stripe', arn, 'rotated');

  const second = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  expect(second.SecretString).toBe('rotated');
  expect(second.VersionId).not.toBe(first.VersionId);
  for (const asked of [{ VersionStage: 'AWSPREVIOUS' }, { VersionId: first.VersionId }]) {
    const old = await client.send(new GetSecretValueCommand({ SecretId: arn, ...asked }));
    expect(old).toMatchObject({ SecretString: 'sk_test_local', VersionStages: ['AWSPREVIOUS'] });
  }
});

test.each([
  ['a previous version of a secret that has none', { VersionStage: 'AWSPREVIOUS' }],
  ['a stage that nobody gave a version', { VersionStage: 'AWSPENDING' }],
  ['a version there is not', { VersionId: 'none' }],
])('%s is not found', async (_, asked) => {
  const { client } = await start();

  const answer = client.send(new GetSecretValueCommand({ SecretId: arn, ...asked }));

  await expect(answer).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a version that is two puts old has no stage any more, and is gone', async () => {
  const { secrets, client } = await start();
  const first = await client.send(new GetSecretValueCommand({ SecretId: arn }));

  secrets.putSecret('stripe', arn, 'second');
  secrets.putSecret('stripe', arn, 'third');

  const answer = client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: first.VersionId }));
  await expect(answer).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('with a journal, both versions are there after a restart, and no older one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  const journalFile = join(directory, 'secrets.jsonl');
  const before = createSecretsManagerService({ journalFile });
  for (const value of ['first', 'second', 'third']) before.putSecret('stripe', arn, value);

  const after = createSecretsManagerService({ journalFile });

  const client = track(new SecretsManagerClient(clientConfig(await serve([after]))));
  const read = (VersionStage: string) =>
    client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage }));
  expect((await read('AWSCURRENT')).SecretString).toBe('third');
  expect((await read('AWSPREVIOUS')).SecretString).toBe('second');
  expect(readFileSync(journalFile, 'utf8')).not.toContain('first');
  rmSync(directory, { recursive: true });
});

describe('a generated secret', () => {
  test.each<[string, object, RegExp]>([
    ['32 characters of every kind', {}, /^[!-~]{32}$/],
    [
      'as long as asked, without punctuation',
      { PasswordLength: 64, ExcludePunctuation: true },
      /^[A-Za-z0-9]{64}$/,
    ],
    [
      'without single characters',
      { ExcludePunctuation: true, ExcludeCharacters: 'abcXYZ019' },
      /^[d-zA-W2-8]+$/,
    ],
    [
      'of digits and spaces alone',
      { ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true, IncludeSpace: true },
      /^[0-9 ]{32}$/,
    ],
  ])('has %s', (_, properties, shape) => {
    expect(generateSecretString(properties)).toMatch(shape);
  });

  test('has one of each kind, however short it is, and is another one each time', () => {
    const drawn = Array.from({ length: 200 }, () => generateSecretString({ PasswordLength: 4 }));

    for (const secret of drawn) {
      for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(secret).toMatch(kind);
    }
    expect(new Set(drawn).size).toBeGreaterThan(190);
  });

  test('refuses by name what it does not read', () => {
    expect(() => generateSecretString({ SecretStringTemplate: '{}' } as object)).toThrow(
      'The property GenerateSecretString.SecretStringTemplate is not supported by the local run',
    );
  });
});

test('a secret that is not there, and an operation that is not supported, are refused by name', async () => {
  const { client } = await start();

  await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({ name: 'UnsupportedLocally' });
});
