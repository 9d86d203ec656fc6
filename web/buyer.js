/**
 * The buyer's details as the form has them, checked as the API checks them, so that a mistake is shown beside its field.
 *
 * @import { Buyer } from './api.js'
 * @import { AddressName, Channel, Field } from './channels.js'
 *
 * @typedef {{ name: string, email: string, channels: Channel[], marketing: boolean } & Record<AddressName, string>} BuyerFields
 */

import { ADDRESS_FIELDS, ADDRESS_NAMES, CHANNELS, FORM_CHANNELS } from './channels.js';
import { asciiAddress, isEmailAddress } from './email-address.js';

/**
 * Who buys.
 *
 * @param {Pick<BuyerFields, 'name' | 'email'>} fields
 */
export function personOf({ name, email }) {
  return { name: name.trim(), email: asciiAddress(email.trim()) };
}

/**
 * @param {Pick<BuyerFields, 'name' | 'email'>} fields
 * @returns {{ name?: string, email?: string }} what is wrong, by field
 */
export function personMistakesIn(fields) {
  const { name, email } = personOf(fields);
  return {
    ...(name === '' && { name: 'Enter your name.' }),
    ...(!isEmailAddress(email) && { email: 'Enter an e-mail address, like ann@example.com.' }),
  };
}

/**
 * Without what people type for readability. The channels are sent only when the buyer has struck one out, and then those
 * that there is an address for: left alone, they are just these. Consent to marketing is sent when it is given.
 *
 * @param {BuyerFields} fields
 * @returns {Buyer}
 */
export function buyerOf({ name, email, channels, marketing, ...typed }) {
  const addresses = tidied(typed);
  return {
    ...personOf({ name, email }),
    ...addresses,
    ...(channels.length < FORM_CHANNELS.length && {
      channels: channels.filter((channel) => addressOf(channel, { email, ...addresses })),
    }),
    ...(marketing && { marketing }),
  };
}

/**
 * @param {BuyerFields} fields
 * @returns {{ [Field in keyof BuyerFields]?: string }} what is wrong, by field; empty when all is well
 */
export function mistakesIn(fields) {
  const { name, email: _email, channels: _channels, marketing: _agreed, ...addresses } = buyerOf(fields);
  const { channels: chosen, email } = fields;
  const reached = chosen.some(
    (channel) => channel === 'email' || addressOf(channel, { email, ...addresses }),
  );
  return {
    ...personMistakesIn(fields),
    ...(name === '' && { name: 'Enter your name as it should be on the ticket.' }),
    ...Object.fromEntries(
      ADDRESS_NAMES.flatMap((field) => {
        const { pattern, mistake } = ADDRESS_FIELDS[field];
        const address = addresses[field];
        return address === undefined || pattern.test(address) ? [] : [[field, mistake]];
      }),
    ),
    ...(!reached && {
      channels:
        chosen.length === 0
          ? 'Choose at least one way to reach you.'
          : 'Give the number for it, or choose e-mail.',
    }),
  };
}

/**
 * @param {Channel} channel
 * @param {Partial<Record<Field, string>>} addresses
 */
function addressOf(channel, addresses) {
  return addresses[CHANNELS[channel].field];
}

/**
 * @param {Record<AddressName, string>} typed
 * @returns {Partial<Record<AddressName, string>>} what was filled in
 */
function tidied(typed) {
  return Object.fromEntries(
    ADDRESS_NAMES.map((field) => [field, ADDRESS_FIELDS[field].tidy(typed[field])]).filter(
      ([, text]) => text,
    ),
  );
}
