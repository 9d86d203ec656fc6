import { referenceOf } from '../../lambda/shared/reference';
import { orderOf, orderUpdate, writesOf } from './dynamodb-request';
import { type EffectDeclaration, type KnownAs, type WireRequest } from './effect';
import { isEmail, taggedWith } from './notification-effects';

/** What an order changes, or asks of, outside the function, or the state, that does it: beside what all payments do. */
export const ORDER_EFFECTS = [
  {
    name: 'open order',
    service: 'dynamodb',
    recognize(request) {
      const [opened] = writesOf('PutItem', request);
      const orderId = orderOf(opened?.Item);
      return orderId === undefined ? undefined : { purchaseId: orderId };
    },
    // Its e-mail says no more.
    names: (orderId) => [referenceOf(orderId)],
  },
  {
    name: 'start order',
    service: 'aws',
    recognize(request) {
      const { input = '{}' } = stepFunctionsInput('StartExecution', request);
      const { orderId } = JSON.parse(input) as { readonly orderId?: string };
      return orderId === undefined ? undefined : { purchaseId: orderId };
    },
  },
  { name: 'take order', service: 'dynamodb', recognize: orderUpdate(/^SET executionId = /) },
  { name: 'price order', service: 'dynamodb', recognize: orderUpdate(/\bamount = :amount/) },
  { name: 'reserve extras', service: 'dynamodb', recognize: orderUpdate(/^SET stock = :reserved/) },
  { name: 'refuse order', service: 'dynamodb', recognize: orderUpdate(/\bfailure = :failure, expiresAt/) },
  {
    name: 'store intent of order',
    service: 'dynamodb',
    recognize: orderUpdate(/\bpaymentIntentId = :intent/),
  },
  {
    name: 'let order wait',
    service: 'dynamodb',
    recognize(request) {
      const found = orderUpdate(/\btaskToken = :token/)(request);
      const [update] = writesOf('TransactWriteItems', request);
      const token = update?.ExpressionAttributeValues?.[':token']?.S;
      // Whoever wakes it says no more than that.
      return found && token ? { ...found, names: [token] } : undefined;
    },
  },
  {
    name: 'wake order',
    service: 'aws',
    recognize(request, knownAs) {
      const { taskToken } = stepFunctionsInput('SendTaskSuccess', request);
      return taskToken === undefined ? undefined : { purchaseId: knownAs(taskToken) };
    },
  },
  {
    name: 'sell order',
    service: 'integration',
    recognize({ path, body }) {
      if (path !== 'dynamodb:updateItem') return undefined;
      const { Key } = JSON.parse(body.toString()) as { readonly Key: Parameters<typeof orderOf>[0] };
      return { purchaseId: orderOf(Key) };
    },
  },
  {
    name: 'publish order',
    service: 'integration',
    recognize({ path, body }) {
      if (path !== 'sns:publish') return undefined;
      const { Message } = JSON.parse(body.toString()) as {
        readonly Message: string | { readonly sqs: string };
      };
      const { sqs } =
        typeof Message === 'string' ? (JSON.parse(Message) as { readonly sqs: string }) : Message;
      return { purchaseId: sqs };
    },
  },
  { name: 'claim order', service: 'dynamodb', recognize: orderUpdate(/\bfailure = if_not_exists/) },
  { name: 'restore extras', service: 'dynamodb', recognize: orderUpdate(/^SET stock = :restored/) },
  { name: 'settle order', service: 'dynamodb', recognize: orderUpdate(/^SET #status = :failed, expiresAt/) },
  { name: 'note refund of order', service: 'dynamodb', recognize: orderUpdate(/^SET refunded = /) },
  { name: 'lease order e-mail', service: 'dynamodb', recognize: orderUpdate(/^SET tellingUntil = /) },
  {
    name: 'send order e-mail',
    service: 'aws',
    recognize: (request, knownAs) => (isEmail(request) ? toldOrder(request, knownAs) : undefined),
  },
  { name: 'note order e-mail', service: 'dynamodb', recognize: orderUpdate(/^SET toldAt = /) },
] as const satisfies readonly EffectDeclaration[];

function stepFunctionsInput(
  operation: string,
  { headers, body }: WireRequest,
): { readonly input?: string; readonly taskToken?: string } {
  if (String(headers['x-amz-target']) !== `AWSStepFunctions.${operation}`) return {};
  return JSON.parse(body.toString()) as { readonly input?: string; readonly taskToken?: string };
}

function toldOrder(request: WireRequest, knownAs: KnownAs) {
  const { Content } = JSON.parse(request.body.toString()) as {
    readonly Content?: { readonly Simple?: { readonly Subject?: { readonly Data?: string } } };
  };
  const isIt = Content?.Simple?.Subject?.Data?.startsWith('Your order ');
  return isIt ? { purchaseId: taggedWith(request, knownAs) } : undefined;
}
