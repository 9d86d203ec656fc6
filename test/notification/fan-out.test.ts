import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { Stores } from '../../faults/stores';
import { eventually } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';
import { INBOX } from '../../local/inbox/plugin';

const BUYER = {
  name: 'Ann Lee',
  email: 'ann@example.com',
  phone: '+4915112345678',
  pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/1',
};

describe('with the subscription of the e-mail channel taken out of the template', () => {
  let assembly: AlteredAssembly;
  let run: FaultRun;
  let stores: Stores;

  beforeAll(async () => {
    assembly = AlteredAssembly.copyOf(await cloudAssembly());
    assembly.removeResource(
      'AWS::SNS::Subscription',
      ({ FilterPolicy }) => (FilterPolicy as { channels: string[] } | undefined)?.channels[0] === 'email',
    );
    run = await startFaultRun({ assemblyDirectory: assembly.directory });
    stores = new Stores(run);
  });
  afterAll(async () => {
    stores?.close();
    await run?.close();
    assembly?.remove();
  });

  test('the sale is made and the other channels deliver', async () => {
    const { status, purchaseId } = await run.eventpro.buy({ seats: ['A-1'], buyer: BUYER });
    const deliveries = await eventually(async () => {
      const purchase = (await stores.snapshot()).purchases.get(purchaseId)!;
      const noted = Object.entries(purchase).filter(([attribute]) => attribute.startsWith('delivery_'));
      return noted.filter(([, { state }]) => state === 'SENT').length === 3 ? noted : undefined;
    }, 'a delivery by three channels');

    expect(status).toBe(201);
    expect(deliveries.map(([attribute]) => attribute).sort()).toEqual([
      'delivery_analytics',
      'delivery_push',
      'delivery_sms',
    ]);
    const received = run.cloud
      .get(INBOX)
      .list()
      .map(({ channel, to }) => ({ channel, to }));
    expect(received).toHaveLength(2);
    expect(received).toContainEqual({ channel: 'sms', to: BUYER.phone });
    expect(received).toContainEqual({ channel: 'push', to: BUYER.pushEndpoint });
    expect(await stores.sales()).toHaveLength(1);
  });
});
