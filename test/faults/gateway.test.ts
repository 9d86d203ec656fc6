import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPENSATING, FORWARD, SCENARIOS } from './fault-matrix';
import { type Harness, startHarness } from './harness';

/** Milliseconds after which API Gateway hangs up here, in place of 29 s: the least it takes, and less than `slow`. */
const PATIENCE = 50;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ mutateAssembly: async (directory) => hangUpEarly(directory) });
});
afterAll(() => harness.close());

test('API Gateway hangs up in the middle of each effect, the saga runs on, and the client that repeats is charged once', async () => {
  const plans = [...FORWARD, ...COMPENSATING].map(({ effects, scenario }) => ({
    name: `hung up during ${effects.join()}, in ${scenario}`,
    faults: [
      ...effects.map((effect) => ({ effect, mode: 'slow' as const, times: 1 })),
      ...SCENARIOS[scenario],
    ],
  }));

  const answers = await Promise.all(
    plans.map(async (plan) => {
      const { status, purchaseId } = await harness.buy(plan);
      const { body } = await harness.client.purchase(purchaseId).then((found) => ({ body: found }));
      const { eventId, seats } = body;
      const repeat = seats && (await harness.client.buy({ key: purchaseId, eventId, seats }));
      return { status, repeated: repeat?.status ?? 404 };
    }),
  );
  await harness.settle();

  expect(answers.map(({ status }) => status)).toEqual(plans.map(() => 504));
  // In progress, settled meanwhile, or hung up again: never a second purchase, which the invariants look after.
  expect(answers.filter(({ repeated }) => ![201, 404, 409, 503, 504].includes(repeated))).toEqual([]);
  expect(await harness.violations()).toEqual([]);
});

/** Sets the time-out of the integration of `POST /purchases`. */
function hangUpEarly(directory: string): void {
  let changed = 0;
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.template.json'))) {
    const path = join(directory, file);
    const template = JSON.parse(readFileSync(path, 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: { HttpMethod?: string; Integration?: object } }>;
    };
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::ApiGateway::Method' || Properties.HttpMethod !== 'POST') continue;
      Properties.Integration = { ...Properties.Integration, TimeoutInMillis: PATIENCE };
      changed++;
    }
    writeFileSync(path, JSON.stringify(template));
  }
  if (changed === 0) throw new Error('The assembly has no integration of POST /purchases');
}
