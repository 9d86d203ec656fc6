/**
 * How a buyer can be told, and the fields of the form that say where to. The API has the same channels in
 * `lambda/purchase/channels.ts`; a test compares the two.
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
 */

/** Beside the e-mail address, which every buyer gives. @satisfies {Record<string, AddressField>} */
export const ADDRESS_FIELDS = {
  phone: {
    label: 'Mobile number',
    hint: 'For the text message, with country code.',
    attributes: { type: 'tel', autocomplete: 'tel', maxlength: '30' },
    tidy: (typed) => typed.replace(/[\s().\-/]/g, '').replace(/^00/, '+'),
    pattern: /^\+[1-9][0-9]{7,14}$/,
    mistake: 'Enter the number with its country code, like +49 30 1234567.',
  },
  pushEndpoint: {
    label: 'App device',
    hint: 'For the push notification: the address our app shows in its settings.',
    attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '512' },
    tidy: (typed) => typed.trim(),
    pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint\/\S+$/,
    mistake: 'Copy the whole address from the app: it begins with arn:aws:sns.',
  },
};

/** In the order of the form. @satisfies {Record<string, { label: string, field: 'email' | AddressName }>} */
export const CHANNELS = {
  email: { label: 'E-mail', field: /** @type {const} */ ('email') },
  sms: { label: 'Text message', field: /** @type {const} */ ('phone') },
  push: { label: 'Push', field: /** @type {const} */ ('pushEndpoint') },
};

export const CHANNEL_NAMES = /** @type {Channel[]} */ (Object.keys(CHANNELS));
export const ADDRESS_NAMES = /** @type {AddressName[]} */ (Object.keys(ADDRESS_FIELDS));
