import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { signTicketCode, readTicketCode } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { TicketKeys } from '../../../lambda/ticket/ticket-keys';
import { AwsError } from '../../../local/aws/aws-error';
import { type AwsService } from '../../../local/aws/aws-service';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useAwsServices } from '../aws-services';
import { errorOf, MovableClock } from '../checkout';

const [FIRST, SECOND, THIRD] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
const kidOf = (secret: string) => ticketKeyOf(secret).kid;

let secrets = createSecretsManagerService();
let outage = false;
let reads = 0;
const counted: AwsService = {
  signingName: secrets.signingName,
  handle: async (request) => {
    reads++;
    if (outage) throw new AwsError('AccessDeniedException', 'No.');
    return secrets.handle(request);
  },
};
useAwsServices([counted]);

let clock: MovableClock;
let keys: TicketKeys;

beforeEach(() => {
  secrets = createSecretsManagerService();
  [outage, reads] = [false, 0];
  clock = new MovableClock();
  keys = new TicketKeys(new SecretsManagerClient({}), 'ticket-secret', clock);
});

const put = (secret: string) => secrets.putSecret('ticket-secret', 'arn:ticket-secret', secret);
const verifyingIds = async (maxAge?: number) => (await keys.verifying(maxAge)).map(({ kid }) => kid);

test('a secret that was never rotated has one key, which signs and verifies', async () => {
  put(FIRST);

  expect((await keys.signing()).kid).toBe(kidOf(FIRST));
  expect(await verifyingIds()).toEqual([kidOf(FIRST)]);
});

test('a rotation: the new key signs, both verify; the one before is forgotten at the next', async () => {
  const claims = { purchaseId: 'p', eventId: 'e', seatId: 'A-1', iat: 1 };
  const sold = signTicketCode(claims, ticketKeyOf(FIRST));
  const check = async () => {
    const current = await keys.verifying(0);
    return readTicketCode(sold, new Map(current.map(({ kid, publicKey }) => [kid, publicKey])));
  };
  put(FIRST);

  put(SECOND);
  const afterOne = {
    signing: (await keys.signing()).kid,
    verifying: await verifyingIds(),
    check: await check(),
  };
  put(THIRD);
  const afterTwo = { verifying: await verifyingIds(0), check: await check() };

  expect(afterOne).toEqual({
    signing: kidOf(SECOND),
    verifying: [kidOf(SECOND), kidOf(FIRST)],
    check: { valid: true, claims },
  });
  expect(afterTwo).toEqual({
    verifying: [kidOf(THIRD), kidOf(SECOND)],
    check: { valid: false, reason: 'UNKNOWN_KEY' },
  });
});

test('the keys are read once in five minutes, also the one that is not there', async () => {
  put(FIRST);
  await keys.verifying();
  await keys.signing();
  put(SECOND);

  clock.advance(299);
  const soon = await verifyingIds();
  const readsBefore = reads;
  clock.advance(1);
  const later = await verifyingIds();

  expect(soon).toEqual([kidOf(FIRST)]);
  expect(readsBefore).toBe(2);
  expect(later).toEqual([kidOf(SECOND), kidOf(FIRST)]);
});

test('who meets an unknown key asks for fresher ones', async () => {
  put(FIRST);
  await keys.verifying();
  put(SECOND);
  clock.advance(10);

  expect(await verifyingIds(11)).toEqual([kidOf(FIRST)]);
  expect(await verifyingIds(10)).toEqual([kidOf(SECOND), kidOf(FIRST)]);
});

test('Secrets Manager is down: the key at hand goes on signing, however old, and not every sale asks', async () => {
  put(FIRST);
  await keys.signing();
  outage = true;
  clock.advance(86_400);

  const signing = [(await keys.signing()).kid, (await keys.signing()).kid];

  expect(signing).toEqual([kidOf(FIRST), kidOf(FIRST)]);
  expect(reads).toBe(2);
});

test.each([
  ['is not there', () => undefined, 'ResourceNotFoundException'],
  ['cannot be read', () => (outage = true), 'AccessDeniedException'],
  ['is too short', () => put('short'), 'SecretUnusable'],
])('without a key at hand, a secret that %s is an error', async (_, bring, name) => {
  bring();

  expect((await errorOf(keys.signing())).name).toBe(name);
  expect((await errorOf(keys.verifying())).name).toBe(name);
});
