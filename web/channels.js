/**
 * How a buyer can be told, and the fields of the form that say where to. The API has the same channels in
 * `lambda/purchase/channels.ts`; a test compares the two. The address of a device only its app knows, which buys with it: no form asks
 * for it.
 *
 * @typedef {object} AddressField
 * @property {string} label
 * @property {string} hint below the field
 * @property {Record<string, string>} attributes of the input
 * @property {(typed: string) => string} tidy without what people type for readability
 * @property {RegExp} pattern what is left must be of this form
 * @property {string} mistake what to say if it is not
 *
 * @typedef {keyof typeof CHANNELS} Channel
 * @typedef {keyof typeof ADDRESS_FIELDS} AddressName
 * @typedef {'email' | AddressName | 'pushEndpoint'} Field
 */

/** Beside the e-mail address, which every buyer gives. @satisfies {Record<string, AddressField>} */
export const ADDRESS_FIELDS = {
  phone: {
    label: 'Mobile number',
    hint: 'With country code, for a text message beside the e-mail.',
    attributes: { type: 'tel', autocomplete: 'tel', maxlength: '30' },
    tidy: (typed) => typed.replace(/[\s().\-/]/g, '').replace(/^00/, '+'),
    pattern: /^\+[1-9][0-9]{7,14}$/,
    mistake: 'Enter the number with its country code, like +49 30 1234567.',
  },
};

/** In the order of the form. @satisfies {Record<string, { label: string, field: Field }>} */
export const CHANNELS = {
  email: { label: 'E-mail', field: /** @type {const} */ ('email') },
  sms: { label: 'Text message', field: /** @type {const} */ ('phone') },
  push: { label: 'Push', field: /** @type {const} */ ('pushEndpoint') },
};

export const CHANNEL_NAMES = /** @type {Channel[]} */ (Object.keys(CHANNELS));
export const ADDRESS_NAMES = /** @type {AddressName[]} */ (Object.keys(ADDRESS_FIELDS));

/** Those that the form can offer, as it asks where to. */
export const FORM_CHANNELS = CHANNEL_NAMES.filter((channel) => {
  const { field } = CHANNELS[channel];
  return field === 'email' || field in ADDRESS_FIELDS;
});
