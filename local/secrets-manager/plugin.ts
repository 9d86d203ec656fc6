import { definePlugin } from '../core/plugin';
import { secretsManagerTypes } from './resource-types';
import { createSecretsManagerService } from './secrets-manager-service';

/** Nothing to forget: no operation writes a secret, they come with the template. */
export const SECRETS_MANAGER = definePlugin({
  name: 'secrets-manager',
  start({ storage }) {
    const service = createSecretsManagerService({ journalFile: storage.journalFile('secrets') });
    return { service, resourceTypes: secretsManagerTypes(service), endpoint: service };
  },
});
