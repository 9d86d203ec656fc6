import { fromEnv } from '@aws-sdk/credential-provider-env';
import { memoize } from '@smithy/core/config';

/**
 * Stands in for `@aws-sdk/credential-provider-node`.
 *
 * Lambda puts a function's credentials into its environment and replaces the sandbox when they run out. The SDK would
 * also look into profiles, single sign-on, web identities and instance metadata, with a client for each: 135 kB, a third
 * of what a function loads.
 */
export const defaultProvider = () => memoize(fromEnv());
