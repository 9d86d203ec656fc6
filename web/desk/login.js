/**
 * Where the desk gets the organiser's credentials. The local run hands them out: whoever is at the machine is the organiser. A deployed
 * desk has a login here, and nothing else is different: a user pool says who somebody is, and an identity pool of Amazon Cognito
 * answers with temporary credentials of a role that has the organiser's policy.
 *
 * @import { Credentials } from './sigv4.js'
 *
 * @typedef {{ api: string, region: string, credentials: Credentials }} Session  `api`: base URL, without a trailing slash.
 */

/** The user whom the local run attaches the organiser's policy to: the policy's name in the templates. */
const LOCAL_ORGANISER = 'RolesOrganiserPolicy';

/** That somebody is signed in, and no credential: they are asked for again. */
const SIGNED_IN = 'eventpro.desk.signed-in';

/** @returns {Promise<Session>} */
export async function signIn() {
  const response = await fetch(`/local/credentials/${LOCAL_ORGANISER}`, { cache: 'no-store' });
  if (!response.ok) throw new Error(`The local run has no organiser: it answered ${response.status}.`);
  const { region, ...credentials } = await response.json();
  sessionStorage.setItem(SIGNED_IN, 'yes');
  return { api: '/api', region, credentials };
}

export function isSignedIn() {
  return sessionStorage.getItem(SIGNED_IN) !== null;
}

export function signOut() {
  sessionStorage.removeItem(SIGNED_IN);
}
