import { randomUUID } from 'node:crypto';
import { ExecutionAlreadyExists, type SFNClient, type StartExecutionCommand } from '@aws-sdk/client-sfn';
import { purchaseHash } from '../../../lambda/shared/reference';
import { type PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { reconcile } from '../../../lambda/recovery/reconcile';
import { measure } from '../../../lambda/shared/measure';
import { errorOf } from '../checkout';

jest.mock('../../../lambda/shared/measure', () => ({ measure: jest.fn() }));
beforeEach(() => jest.mocked(measure).mockClear());

const NOW = 1_800_000_000;

/** Recovery, and a container of the reconciler that finds purchases which stay unsettled whatever is started. */
class Reconciler {
  /** Seconds since the epoch. */
  now = NOW;
  /** Names of the executions that were started, in that order. */
  readonly executions = new Set<string>();
  calls = 0;
  private known = new Set<string>();

  constructor(
    private readonly due: readonly { readonly purchaseId: string; readonly dueAt: number }[],
    /** What a call does beside starting the execution: nothing, as a rule. */
    private readonly onCall: (purchaseId: string) => void = () => undefined,
  ) {}

  async run(): Promise<void> {
    const { due } = this;
    const purchases: Pick<PurchaseRepository, 'due'> = {
      async *due() {
        for (const purchase of due) yield await Promise.resolve(purchase);
      },
    };
    const client = { send: ({ input }: StartExecutionCommand) => this.start(input) };
    await reconcile({
      ...{ known: this.known, stateMachineArn: 'arn:recovery', clock: { nowSeconds: () => this.now } },
      purchases: purchases as PurchaseRepository,
      client: client as unknown as SFNClient,
    });
  }

  replaceContainer(): void {
    this.known = new Set();
  }

  /** Step Functions answers the same to a name that still runs. */
  private async start({ name, input }: StartExecutionCommand['input']): Promise<void> {
    this.calls++;
    await Promise.resolve();
    this.onCall((JSON.parse(input!) as { purchaseId: string }).purchaseId);
    this.executions.add(name!);
  }
}

function due(count: number, overdue: number) {
  return Array.from({ length: count }, () => ({ purchaseId: randomUUID(), dueAt: NOW - overdue }));
}

/** The names under which recoveries of a purchase that is overdue for so long are started, without the hash. */
async function startedAt(overdue: number, purchaseId: string): Promise<string[]> {
  const reconciler = new Reconciler([{ purchaseId, dueAt: NOW - overdue }]);
  await reconciler.run();
  return [...reconciler.executions];
}

test.each([
  [0, 1],
  [359, 1],
  [360, 2],
  [1_080, 3],
  [2_520, 4],
  [6_119, 4],
  [6_120, 5],
  [9_720, 6],
  [86_040, 27],
])('a purchase that is overdue for %i seconds gets attempt %i', async (overdue, attempt) => {
  const purchaseId = randomUUID();

  expect(await startedAt(overdue, purchaseId)).toEqual([
    `${purchaseHash(purchaseId)}-${NOW - overdue}-${attempt}`,
  ]);
});

test('an attempt comes within the hour, however old the purchase is', async () => {
  const purchaseId = randomUUID();

  const attemptAt = async (overdue: number) => (await startedAt(overdue, purchaseId))[0]!.split('-').at(-1);
  for (let overdue = 0; overdue < 5 * 86_400; overdue += 3_600) {
    expect(await attemptAt(overdue + 3_600)).not.toBe(await attemptAt(overdue));
  }
});

describe('purchases that stay unsettled', () => {
  test('more than one run starts, and their recoveries still run: each gets its attempt, 500 a minute', async () => {
    const reconciler = new Reconciler(due(1_200, 40));

    for (let run = 0; run < 3; run++) await reconciler.run();

    expect(reconciler.executions.size).toBe(1_200);
  });

  test('an attempt that was started is not asked for again, the next one is', async () => {
    const reconciler = new Reconciler(due(3, 40));

    await reconciler.run();
    reconciler.now += 60;
    await reconciler.run();
    const soon = reconciler.calls;
    reconciler.now += 400;
    await reconciler.run();

    expect(soon).toBe(3);
    expect(reconciler.calls).toBe(6);
    expect(reconciler.executions.size).toBe(6);
  });

  test('a container that begins anew every time reaches all of them, too: it begins anywhere', async () => {
    const reconciler = new Reconciler(due(1_200, 40));

    for (let run = 0; run < 60; run++) {
      await reconciler.run();
      reconciler.replaceContainer();
    }

    expect(reconciler.executions.size).toBe(1_200);
  });

  test('whose calls take long: a run ends in time and says what it found, and the next goes on', async () => {
    const reconciler: Reconciler = new Reconciler(due(100, 640), () => void reconciler.now++);

    await reconciler.run();
    const first = reconciler.executions.size;
    for (let run = 0; run < 2; run++) await reconciler.run();

    expect(first).toBeLessThan(50);
    expect(measure).toHaveBeenNthCalledWith(
      1,
      { UnsettledPurchases: 100, LongestOverdue: 640 },
      {},
      { started: first },
    );
    expect(reconciler.executions.size).toBe(100);
  });
});

test('a recovery that cannot be started keeps no other from it; the run measures what it found, and fails', async () => {
  const found = due(30, 40);
  const reconciler = new Reconciler(found, (purchaseId) => {
    if (purchaseId === found[0]!.purchaseId) throw new Error('no such state machine');
  });

  const error = await errorOf(reconciler.run());

  expect(error.message).toBe('no such state machine');
  expect(reconciler.executions.size).toBe(29);
  expect(measure).toHaveBeenCalledWith({ UnsettledPurchases: 30, LongestOverdue: 40 }, {}, { started: 29 });
});

test('a recovery that has run already is no error, and is not counted', async () => {
  const reconciler = new Reconciler(due(2, 40), () => {
    throw new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} });
  });

  await reconciler.run();

  expect(measure).toHaveBeenCalledWith(expect.anything(), {}, { started: 0 });
});
