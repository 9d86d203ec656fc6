/**
 * The buyer's details as the form has them, checked as the API checks them, so that a slip is told beside its field.
 *
 * @import { Buyer, Channel } from './api.js'
 *
 * @typedef {{ name: string, email: string, phone: string, pushEndpoint: string, channels: Channel[] }} BuyerFields
 */

import { asciiAddress, isEmailAddress } from './email-address.js';

/** @type {readonly Channel[]} */
export const CHANNELS = ['email', 'sms', 'push'];

const PHONE = /^\+[1-9][0-9]{7,14}$/;
const PUSH_ENDPOINT = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint\/\S+$/;

/**
 * Without what people type for readability. The channels are sent only when the buyer has struck one out, and then those
 * that there is an address for: left alone, they are just these.
 *
 * @param {BuyerFields} fields
 * @returns {Buyer}
 */
export function buyerOf({ name, email, phone, pushEndpoint, channels }) {
  const digits = phone.replace(/[\s().\-/]/g, '').replace(/^00/, '+');
  const endpoint = pushEndpoint.trim();
  const addresses = { email, sms: digits, push: endpoint };
  return {
    name: name.trim(),
    email: asciiAddress(email.trim()),
    ...(digits && { phone: digits }),
    ...(endpoint && { pushEndpoint: endpoint }),
    ...(channels.length < CHANNELS.length && { channels: channels.filter((channel) => addresses[channel]) }),
  };
}

/**
 * @param {BuyerFields} fields
 * @returns {{ [Field in keyof BuyerFields]?: string }} what is wrong, by field; empty when all is well
 */
export function mistakesIn(fields) {
  const { name, email, phone, pushEndpoint } = buyerOf(fields);
  const { channels } = fields;
  const reached =
    channels.includes('email') ||
    (channels.includes('sms') && phone) ||
    (channels.includes('push') && pushEndpoint);
  return {
    ...(name === '' && { name: 'Enter your name as it should be on the ticket.' }),
    ...(!isEmailAddress(email) && { email: 'Enter an e-mail address, like ann@example.com.' }),
    ...(phone !== undefined &&
      !PHONE.test(phone) && { phone: 'Enter the number with its country code, like +49 30 1234567.' }),
    ...(pushEndpoint !== undefined &&
      !PUSH_ENDPOINT.test(pushEndpoint) && {
        pushEndpoint: 'Copy the whole address from the app: it begins with arn:aws:sns.',
      }),
    ...(!reached && {
      channels:
        channels.length === 0
          ? 'Choose at least one way to reach you.'
          : 'Give the number or device for it, or choose e-mail.',
    }),
  };
}
