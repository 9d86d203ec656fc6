/**
 * What differs between where the page is served, in `config.json` beside it: the one in this folder is the local run's,
 * a deployment writes its own.
 *
 * @typedef {object} Config
 * @property {boolean} [localRun] offer test cards and a way to the console
 * @property {string} [stripePublishableKey] `pk_…`: take cards by the Payment Element of Stripe
 */

/** @returns {Promise<Config>} */
export async function loadConfig() {
  const response = await fetch('config.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`config.json answered ${response.status}.`);
  return response.json();
}
