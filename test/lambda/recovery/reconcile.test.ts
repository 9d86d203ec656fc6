import { randomUUID } from 'node:crypto';
import { type SFNClient, type StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { reconcile } from '../../../lambda/recovery/reconcile';

const NOW = 1_800_000_000;

/** The names under which recoveries of a purchase of this age are started. */
async function startedAt(age: number, purchaseId: string): Promise<string[]> {
  const names: string[] = [];
  const purchases: Pick<PurchaseRepository, 'unsettled'> = {
    async *unsettled() {
      yield await Promise.resolve({ purchaseId, createdAt: NOW - age });
    },
  };
  const client = {
    send: ({ input }: StartExecutionCommand) => Promise.resolve(names.push(input.name!)),
  };
  await reconcile({
    purchases: purchases as PurchaseRepository,
    client: client as unknown as SFNClient,
    stateMachineArn: 'arn:recovery',
    clock: { nowSeconds: () => NOW },
  });
  return names;
}

test.each([
  [360, 1],
  [719, 1],
  [720, 2],
  [1_440, 3],
  [2_880, 4],
  [6_479, 4],
  [6_480, 5],
  [10_080, 6],
  [86_400, 27],
])('%i seconds after it was opened a purchase gets attempt %i', async (age, attempt) => {
  const purchaseId = randomUUID();

  expect(await startedAt(age, purchaseId)).toEqual([`${purchaseId}-${attempt}`]);
});

test('an attempt comes within the hour, however old the purchase is', async () => {
  const purchaseId = randomUUID();

  for (let age = 360; age < 5 * 86_400; age += 3_600) {
    expect(await startedAt(age + 3_600, purchaseId)).not.toEqual(await startedAt(age, purchaseId));
  }
});
