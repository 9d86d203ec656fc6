import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type EventRepository } from '../../../lambda/event/event-repository';
import { errorOf } from '../checkout';
import { HOUR, useAuditedShop } from './audited-shop';

const shop = useAuditedShop();

test('a look that fails, or takes for ever, keeps no other from what it does', async () => {
  const order = await shop.checkout.pending(['A-1']);
  await shop.checkout.claim(order);
  await shop.checkout.purchases.settleFailed(order.purchaseId);
  const tickets = Object.assign(Object.create(shop.ticketStore) as typeof shop.ticketStore, {
    list: () => {
      throw new Error('no bucket');
    },
  });
  const ends: ((error: Error) => void)[] = [];
  const gateway = () => new Promise<never>((_, reject) => ends.push(reject));

  const audited = shop.audit({ tickets, gateway });
  while ((await shop.checkout.seatStates()).length > 0) await new Promise(setImmediate);
  for (const end of ends) end(new Error('no gateway'));
  const error = await errorOf(audited);

  expect(error.message).toMatch(/^Audits failed: tickets, (payments, unfollowed|unfollowed, payments)$/);
});

test('what could be looked at is not looked at again because something else failed', async () => {
  await shop.sell('A-1');
  shop.pass(2 * HOUR);
  const listed = jest.spyOn(shop.ticketStore, 'list');
  const events = { list: () => Promise.reject(new Error('no table')) } as unknown as EventRepository;
  await errorOf(shop.audit({ events }));
  const outlines = jest.spyOn(shop.checkout.purchases, 'outlines');

  await shop.audit();

  expect(listed).toHaveBeenCalled();
  // The seats' alone.
  expect(outlines).toHaveBeenCalledTimes(1);
});

test('a ticket is deleted when its purchase has failed, at once or when recovery has settled it; looked up once otherwise', async () => {
  const sold = await shop.sell('A-1');
  const failed = await shop.fail('A-2');
  const pending = await shop.checkout.paid(['A-3']);
  const createdAt = shop.checkout.clock.nowSeconds();
  await shop.ticketStore.put({ purchaseId: pending.purchaseId, createdAt }, Buffer.from('%PDF-'));
  shop.pass(2 * HOUR);
  await shop.audit();
  const ticketOf = (purchaseId: string) => shop.ticketStore.has({ purchaseId, createdAt });
  const before = await Promise.all([sold, failed, pending].map(({ purchaseId }) => ticketOf(purchaseId)));

  await shop.checkout.claim(pending);
  await shop.checkout.purchases.settleFailed(pending.purchaseId);
  shop.pass(HOUR);
  await shop.audit();
  const after = await Promise.all([sold, failed, pending].map(({ purchaseId }) => ticketOf(purchaseId)));
  shop.pass(HOUR);
  const outlines = jest.spyOn(shop.checkout.purchases, 'outlines');
  await shop.audit();

  expect(before).toEqual([true, false, true]);
  expect(after).toEqual([true, false, false]);
  // That of the refund that an audit has made.
  expect(outlines.mock.calls).toEqual([[[failed.purchaseId]]]);
});

test('a ticket that arrives a day late, after its purchase has failed, is deleted', async () => {
  const order = await shop.fail('A-1');
  const createdAt = shop.checkout.clock.nowSeconds();
  shop.pass(2 * HOUR);
  await shop.audit();
  shop.pass(22 * HOUR);
  await shop.ticketStore.put({ purchaseId: order.purchaseId, createdAt }, Buffer.from('%PDF-'));

  shop.pass(2 * HOUR);
  await shop.audit();

  expect(await shop.hasTicket(order)).toBe(false);
});

test('tickets from before there were references are named by the id: kept while the sale stands, deleted when it failed', async () => {
  const [sold, failed] = [await shop.checkout.confirmed(['A-1']), await shop.checkout.pending(['A-2'])];
  await shop.checkout.claim(failed);
  await shop.checkout.purchases.settleFailed(failed.purchaseId);
  const day = new Date(shop.checkout.clock.nowSeconds() * 1000).toISOString().slice(0, 10);
  const lost = randomUUID();
  for (const purchaseId of [sold.purchaseId, failed.purchaseId, lost]) {
    const Key = `tickets/${day}/${purchaseId}.pdf`;
    await new S3Client({}).send(new PutObjectCommand({ Bucket: 'tickets', Key, Body: '%PDF-' }));
  }
  shop.pass(2 * HOUR);

  await shop.audit();

  const left = [];
  for await (const { name } of shop.ticketStore.list(shop.checkout.clock.nowSeconds() - 2 * HOUR))
    left.push(name);
  expect(left.toSorted()).toEqual([sold.purchaseId, lost].toSorted());
});
