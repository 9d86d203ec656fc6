import { nameCall, NO_UNITS, unitsOf } from '../../../bench/observe/wire-call';

const signedFor = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

test.each([
  [
    { authorization: signedFor('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    '',
    'dynamodb',
    'GetItem',
  ],
  [{ authorization: signedFor('sns') }, 'Action=Publish&TopicArn=t', 'sns', 'Publish'],
  [{ authorization: signedFor('s3') }, '%PDF-1.7', 's3', 'POST'],
])('a call to AWS is named by its signature: %j', (headers, body, service, operation) => {
  expect(nameCall({ method: 'POST', url: '/', headers }, body)).toEqual({ service, operation });
});

test('a call that AWS did not sign is one of Stripe, whatever the intent', () => {
  const call = nameCall({ method: 'POST', url: '/v1/payment_intents/pi_12ab/confirm', headers: {} }, '');

  expect(call).toEqual({ service: 'stripe', operation: 'POST /v1/payment_intents/{id}/confirm' });
});

test('units of a transaction are summed, and told apart by table', () => {
  const answer = {
    ConsumedCapacity: [
      { TableName: 'Seats', CapacityUnits: 4 },
      { TableName: 'Purchases', CapacityUnits: 3 },
    ],
  };

  expect(unitsOf('TransactWriteItems', JSON.stringify(answer))).toEqual({
    readUnits: 0,
    writeUnits: 7,
    writeUnitsByTable: { Seats: 4, Purchases: 3 },
  });
});

test('a read consumes read units; an answer without units none', () => {
  const answer = { Item: {}, ConsumedCapacity: { TableName: 'Seats', CapacityUnits: 1.5 } };

  expect(unitsOf('GetItem', JSON.stringify(answer))).toEqual({ ...NO_UNITS, readUnits: 1.5 });
  expect(unitsOf('PutItem', '{"__type":"ConditionalCheckFailedException"}')).toEqual(NO_UNITS);
});
