import { findByIdOrReference } from '../../../lambda/purchase/find-purchase';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout } from '../checkout';

const tables = useTables();

test('of two purchases that have one reference, neither is found by it, and each by its id', async () => {
  const checkout = await Checkout.open(tables);
  const one = await checkout.confirmed(['A-1']);
  const found = (await checkout.purchases.find(one.purchaseId))!;
  const other = (await checkout.purchases.find((await checkout.confirmed(['A-2'])).purchaseId))!;
  const alike = {
    find: (id: string) => checkout.purchases.find(id),
    findByReference: async () => [found, other],
  };

  expect(await findByIdOrReference(referenceOf(one.purchaseId), alike)).toBeUndefined();
  expect(await findByIdOrReference(one.purchaseId, alike)).toEqual(found);
  expect(await findByIdOrReference(referenceOf(one.purchaseId), checkout.purchases)).toEqual(found);
});
