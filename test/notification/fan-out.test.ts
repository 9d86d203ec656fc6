import { AlteredAssembly } from '../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../faults/fault-run';
import { Stores } from '../faults/stores';
import { eventually } from '../support/eventpro-client';

const CHANNELS = ['email', 'sms', 'push', 'analytics'] as const;
const BUYER = {
  name: 'Ann Lee',
  email: 'ann@example.com',
  phone: '+4915112345678',
  pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/1',
};

/** The channels that have delivered, as the purchase's record notes them. */
async function deliveredBy({ stores }: { stores: Stores }, purchaseId: string): Promise<string[]> {
  const purchase = (await stores.snapshot()).purchases.get(purchaseId) as Record<string, unknown> | undefined;
  return CHANNELS.filter(
    (channel) => (purchase?.[`delivery_${channel}`] as { state?: string } | undefined)?.state === 'SENT',
  );
}

describe.each(CHANNELS)('without the subscription of %s', (removed) => {
  let assembly: AlteredAssembly;
  let run: FaultRun;
  let stores: Stores;

  beforeAll(async () => {
    assembly = await AlteredAssembly.create();
    assembly.removeResource('AWS::SNS::Subscription', ({ FilterPolicy }) =>
      (FilterPolicy as { channels: string[] }).channels.includes(removed),
    );
    run = await startFaultRun({ assemblyDirectory: assembly.directory });
    stores = new Stores(run);
  });
  afterAll(async () => {
    stores?.close();
    await run?.close();
    assembly?.remove();
  });

  test('the others deliver, each its own', async () => {
    const others = CHANNELS.filter((channel) => channel !== removed);

    const { status, purchaseId } = await run.eventpro.buy({ seats: ['A-1'], buyer: BUYER });
    await eventually(
      async () => (await deliveredBy({ stores }, purchaseId)).length === others.length || undefined,
      `a delivery by ${others.join(', ')}`,
    );

    expect(status).toBe(201);
    expect(await deliveredBy({ stores }, purchaseId)).toEqual(others);
    const received = run.cloud.services.inbox.list().map(({ channel }) => channel);
    expect(received.sort()).toEqual(others.filter((channel) => channel !== 'analytics').sort());
    expect(await stores.sales()).toHaveLength(removed === 'analytics' ? 0 : 1);
  });
});
