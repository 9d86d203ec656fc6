import { readDeliveries } from '../../lambda/notification/delivery';
import { eventually } from '../../harness/eventpro-client';
import { useFaultRun } from '../support/fault-run';
import { INBOX } from '../../local/inbox/plugin';

const BUYER = {
  name: 'Ann Lee',
  email: 'ann@example.com',
  phone: '+4915112345678',
  pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/1',
};

describe('with the subscription of the e-mail channel taken out of the template', () => {
  const shop = useFaultRun((assembly) =>
    assembly.removeResource(
      'AWS::SNS::Subscription',
      ({ FilterPolicy }) => (FilterPolicy as { channels: string[] } | undefined)?.channels[0] === 'email',
    ),
  );

  test('the sale is made and the other channels deliver', async () => {
    const { status, purchaseId } = await shop.run.eventpro.buy({ seats: ['A-1'], buyer: BUYER });
    const deliveries = await eventually(async () => {
      const purchase = (await shop.stores.snapshot()).purchases.get(purchaseId)!;
      const noted = readDeliveries(purchase);
      return noted.filter(([, { state }]) => state === 'SENT').length === 2 ? noted : undefined;
    }, 'a delivery by two channels');

    expect(status).toBe(201);
    expect(deliveries.map(([channel]) => channel).sort()).toEqual(['push', 'sms']);
    const received = shop.run.cloud
      .get(INBOX)
      .list()
      // What the app hears by itself comes when it comes, and is for nobody to read.
      .filter(({ raw }) => raw === undefined)
      .map(({ channel, to }) => ({ channel, to }));
    expect(received).toHaveLength(2);
    expect(received).toContainEqual({ channel: 'sms', to: BUYER.phone });
    expect(received).toContainEqual({ channel: 'push', to: BUYER.pushEndpoint });
  });
});
