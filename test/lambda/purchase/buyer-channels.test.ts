import Ajv from 'ajv-draft-04';
import { channelsOf, channelsToTell } from '../../../lambda/purchase/buyer-channels';
import { type Channel } from '../../../lambda/purchase/channels';
import { fingerprintOf, purchaseRequestSchema } from '../../../lambda/purchase/purchase';
import { parse } from '../../../lambda/shared/validation';
import { jsonSchemaOf } from '../../../lib/api/json-schema';

const ADDRESSES = {
  phone: '+4915112345678',
  pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1234',
};

function order(buyer: object) {
  return {
    eventId: 'demo',
    seats: ['A-1'],
    buyer: { name: 'Ada', email: 'ada@example.com', ...buyer },
    paymentMethod: 'pm_card_visa',
  };
}

const accepts = new Ajv({ formats: { email: true } }).compile(jsonSchemaOf(purchaseRequestSchema));

test.each<[string, object, Channel[]]>([
  ['no choice and an address: e-mail', {}, ['email']],
  ['no choice and every address: all', ADDRESSES, ['email', 'sms', 'push']],
  ['a choice of one', { ...ADDRESSES, channels: ['push'] }, ['push']],
  ['a choice of two', { ...ADDRESSES, channels: ['sms', 'email'] }, ['sms', 'email']],
  ['a choice of none', { ...ADDRESSES, channels: [] }, []],
])('%s', (_, buyer, channels) => {
  const request = parse(purchaseRequestSchema, order(buyer));

  expect(channelsOf(request.buyer)).toEqual(channels);
  expect(accepts(order(buyer))).toBe(true);
});

test('a purchase whose buyer is unknown, or chose none, is told nowhere', () => {
  const { buyer } = parse(purchaseRequestSchema, order({ channels: [] }));

  expect([channelsToTell(undefined), channelsToTell(buyer)]).toEqual([[], []]);
});

test.each([
  ['sms', { pushEndpoint: ADDRESSES.pushEndpoint }],
  ['push', { phone: ADDRESSES.phone }],
])('the choice of %s without its address is refused by the name of the field', (channel, addresses) => {
  const chosen = order({ ...addresses, channels: ['email', channel] });

  expect(() => parse(purchaseRequestSchema, chosen)).toThrow('buyer.channels: has one that has no address.');
});

test.each([
  ['a channel there is not', ['fax']],
  ['analytics, which was a channel, and never one of the buyer', ['analytics']],
  ['a channel twice', ['email', 'email']],
  ['a string', 'email'],
  ['null', null],
])('%s is refused, already by the model of the API', (_, channels) => {
  const chosen = order({ ...ADDRESSES, channels });

  expect(() => parse(purchaseRequestSchema, chosen)).toThrow(/buyer\.channels/);
  expect(accepts(chosen)).toBe(false);
});

test('another choice under the same key is another purchase', () => {
  const fingerprints = [{}, { channels: [] }, { channels: ['email'] }].map((choice) =>
    fingerprintOf(parse(purchaseRequestSchema, order({ ...ADDRESSES, ...choice }))),
  );

  expect(new Set(fingerprints).size).toBe(3);
});
