import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { isOrder, itemKey, updateThatSets, writesOf } from './dynamodb-request';
import { type EffectDeclaration } from './effect';

/** What is written about a purchase and its seats. */
export const PURCHASE_EFFECTS = [
  {
    name: 'hold',
    service: 'dynamodb',
    recognize(request) {
      const [purchase, ...seats] = writesOf('TransactWriteItems', request);
      const purchaseId = purchase?.Item?.['purchaseId']?.S;
      return purchaseId
        ? { purchaseId, items: seats.flatMap(({ Item }) => (Item ? [itemKey(Item)] : [])) }
        : undefined;
    },
    // The ticket's object has the first name, the e-mail of a cancellation the second, and those requests do not say more.
    names: (purchaseId) => [purchaseHash(purchaseId), referenceOf(purchaseId)],
    items: 'taken',
  },
  { name: 'store intent', service: 'dynamodb', recognize: updateThatSets(':intent') },
  { name: 'await authentication', service: 'dynamodb', recognize: updateThatSets(':awaiting') },
  { name: 'take up again', service: 'dynamodb', recognize: updateThatSets(':to', 'PENDING') },
  { name: 'give up', service: 'dynamodb', recognize: updateThatSets(':to', 'COMPENSATING') },
  { name: 'mark paid', service: 'dynamodb', recognize: updateThatSets(':paid') },
  { name: 'confirm sale', service: 'dynamodb', recognize: updateThatSets(':confirmed') },
  { name: 'claim', service: 'dynamodb', recognize: updateThatSets(':compensating') },
  {
    name: 'release',
    service: 'dynamodb',
    recognize(request) {
      const [seat] = writesOf('DeleteItem', request);
      const owner = seat?.ExpressionAttributeValues?.[':purchaseId']?.S;
      return seat && { purchaseId: owner, items: [itemKey(seat.Key)] };
    },
    items: 'freed',
  },
  { name: 'settle', service: 'dynamodb', recognize: updateThatSets(':failed') },
  {
    name: 'close key',
    service: 'dynamodb',
    recognize(request) {
      const [refused] = writesOf('PutItem', request);
      const isIt = refused?.Item?.['fingerprint'] && !isOrder(refused.Item);
      return isIt ? { purchaseId: refused.Item['purchaseId']?.S } : undefined;
    },
  },
  { name: 'agree cancellation', service: 'dynamodb', recognize: updateThatSets(':to', 'CANCELLING') },
  { name: 'admit', service: 'dynamodb', recognize: updateThatSets(':admission') },
  { name: 'note refund', service: 'dynamodb', recognize: updateThatSets(':refund') },
  { name: 'settle cancelled', service: 'dynamodb', recognize: updateThatSets(':cancelled') },
  {
    name: 'note cancellation told',
    service: 'dynamodb',
    recognize(request) {
      const [update] = writesOf('UpdateItem', request);
      const { UpdateExpression = '', ExpressionAttributeValues = {}, Key } = update ?? {};
      const isIt =
        UpdateExpression.startsWith('REMOVE dueAt') &&
        ExpressionAttributeValues[':status']?.S === 'CANCELLED';
      return isIt ? { purchaseId: Key?.['purchaseId']?.S } : undefined;
    },
  },
] as const satisfies readonly EffectDeclaration[];
