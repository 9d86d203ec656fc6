import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from './clock';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from './environment';
import { KeptSecret } from './kept-secret';
import { REQUEST_TIMEOUTS } from './request-timeouts';

/** The index, of purchases and of orders, that finds a buyer's by the hash of an e-mail address, the oldest first. */
export const BUYERS_INDEX = {
  name: 'buyers',
  hash: 'emailHash',
  time: 'createdAt',
} as const;

/** Characters that a key needs: what CloudFormation generates. */
export const MIN_KEY_LENGTH = 64;

/** What the index has of these hashes. */
export async function* listedOf(
  client: DynamoDBDocumentClient,
  TableName: string,
  hashes: readonly string[],
): AsyncGenerator<Record<string, unknown>> {
  for (const hash of hashes) {
    const pages = paginateQuery(
      { client },
      {
        TableName,
        IndexName: BUYERS_INDEX.name,
        KeyConditionExpression: '#hash = :hash',
        ExpressionAttributeNames: { '#hash': BUYERS_INDEX.hash },
        ExpressionAttributeValues: { ':hash': hash },
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }
}

interface Key {
  readonly id: string;
  readonly secret: string;
}

/**
 * E-mail addresses as tables can be searched for them: `<id of the key>.<HMAC-SHA-256 of the address>`. Addresses are soon guessed, so
 * the hash is keyed: who has a table, and not the secret, can neither read an address from it nor try one.
 *
 * The secret holds one key, or several that blanks part. The first hashes what is written; what an older one has hashed is found as long
 * as that is still there. So a rotation puts a new key before the others, and takes out the last when nothing is left of its time.
 */
export class AddressHashes {
  private readonly keys: KeptSecret<readonly Key[]>;

  /** @param read what the secret holds */
  constructor(read: () => Promise<string>, clock: Clock = systemClock) {
    this.keys = new KeptSecret(async () => keysOf(await read()), clock);
  }

  /** What is written of an address. */
  async of(email: string): Promise<string> {
    const [first] = await this.keys.value();
    return hashOf(email, first!);
  }

  /** All that may have been written of an address, the newest key's first. */
  async every(email: string): Promise<string[]> {
    return (await this.keys.value()).map((key) => hashOf(email, key));
  }

  /** What stands for an address in a link: its hash, signed. Who has it can read no address from it, and make none for another. */
  async tokenOf(email: string): Promise<string> {
    const [first] = await this.keys.value();
    const hash = hashOf(email, first!);
    return `${hash}.${signatureOf(hash, first!)}`;
  }

  /** @returns the hash in a token; undefined for what is none of ours, or of a key that is no more */
  async hashOfToken(token: string): Promise<string | undefined> {
    const [id, hashed, signature = '', ...more] = token.split('.');
    const hash = `${id}.${hashed}`;
    const key = (await this.keys.value()).find((each) => each.id === id);
    return key && more.length === 0 && isSame(signature, signatureOf(hash, key)) ? hash : undefined;
  }
}

/** What a link says of an address. It cannot be a hash of one: no address has a blank. */
function signatureOf(hash: string, { secret }: Key): string {
  return createHmac('sha256', secret).update(`token ${hash}`).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hashOf(email: string, { id, secret }: Key): string {
  return `${id}.${createHmac('sha256', secret).update(oneWay(email)).digest('base64url')}`;
}

/** Two ways to write an address are one: whoever types it with a capital letter is the same buyer. */
const oneWay = (email: string) => email.trim().toLowerCase();

/** Whether both are the same e-mail address. */
export function isSameAddress(one: string, other: string): boolean {
  return oneWay(one) === oneWay(other);
}

/** @throws SecretUnusable, without the secret, when it holds no key, or one that is too short */
function keysOf(secret: string): readonly Key[] {
  const keys = secret.split(/\s+/).filter(Boolean);
  if (keys.length === 0 || keys.some(({ length }) => length < MIN_KEY_LENGTH)) {
    throw new SecretUnusable(
      `The secret of the address key must hold keys of ${MIN_KEY_LENGTH} characters at least, parted by blanks`,
    );
  }
  return keys.map((key) => ({ id: idOf(key), secret: key }));
}

/** 48 bits: they tell a few keys apart, and nothing of a key of 64 random characters. */
function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 8);
}

export function connectAddressHashes(): AddressHashes {
  const client = new SecretsManagerClient(REQUEST_TIMEOUTS);
  const SecretId = requireEnvironment(ENVIRONMENT.addressSecret);
  return new AddressHashes(async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    return SecretString;
  });
}
