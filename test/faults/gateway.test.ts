import { AlteredAssembly } from '../../faults/altered-assembly';
import { CHECKOUT, COMPENSATING, FORWARD } from '../../faults/work/checkout';
import { type Harness, startHarness } from '../../faults/harness';
import { type Order } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';

/** Milliseconds after which API Gateway hangs up here, in place of 29 s. */
const PATIENCE = 1_000;

/** Milliseconds: longer than API Gateway waits, shorter than the functions do. */
const SLOW = 1_500;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    assemblyDirectory: await cloudAssembly(),
    mutateAssembly: (directory) => Promise.resolve(hangUpEarly(new AlteredAssembly(directory))),
  });
});
afterAll(() => harness.close());

test('API Gateway hangs up in the middle of each effect, the saga runs on, and the client that repeats is charged once', async () => {
  const plans = [...FORWARD, ...COMPENSATING].map(({ effects, scenario }) => ({
    name: `hung up during ${effects.join()}, in ${scenario}`,
    faults: [
      ...effects.map((effect) => ({ effect, mode: 'slow' as const, times: 1, delayMs: SLOW })),
      ...CHECKOUT.scenarios[scenario]!,
    ],
  }));

  const answers = await Promise.all(
    plans.map(async (plan) => {
      const { status, purchaseId } = await harness.buy(plan);
      const { eventId, seats } = await harness.client.purchase(purchaseId);
      // Without a hold there is no record yet, and nothing to repeat.
      return { status, repeated: seats && (await repeat({ key: purchaseId, eventId, seats })) };
    }),
  );
  await harness.settle();

  expect(answers.map(({ status }) => status)).toEqual(plans.map(() => 504));
  // In progress, or settled by then. That it is no second purchase is among the invariants.
  const repeated = answers.flatMap((answer) => answer.repeated ?? []);
  expect(repeated.filter((status) => ![201, 409, 503].includes(status))).toEqual([]);
  expect(repeated).toContain(409);
  expect(await harness.violations()).toEqual([]);
}, 120_000);

/** Asks again as a client does, since this gateway also hangs up on an answer that a busy machine gives late. */
async function repeat(order: Order): Promise<number> {
  const { status } = await harness.client.buy(order);
  return status === 504 ? repeat(order) : status;
}

/** Sets the time-out of the integration of `POST /purchases`. */
function hangUpEarly(assembly: AlteredAssembly): void {
  assembly.changeResource(
    'AWS::ApiGateway::Method',
    (_, logicalId) => logicalId.startsWith('ApipurchasesPOST'),
    (properties) => {
      properties['Integration'] = { ...(properties['Integration'] as object), TimeoutInMillis: PATIENCE };
    },
  );
}
