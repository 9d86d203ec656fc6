import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type GenerateSecretString, generateSecretString } from '../secrets-manager/generate-secret-string';
import { type Services } from '../services';
import { physicalName } from './physical-name';

interface SecretProperties {
  readonly GenerateSecretString?: GenerateSecretString;
  readonly SecretString?: string;
}

export function secretsManagerTypes({ secretsManager }: Services): Record<string, ResourceType> {
  return {
    'AWS::SecretsManager::Secret': {
      properties: ['GenerateSecretString', 'SecretString'],
      withoutLocalEffect: ['Description', 'KmsKeyId', 'Tags'],
      create(request) {
        const name = physicalName(request, 128);
        const arn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}`;
        const { GenerateSecretString = {}, SecretString } = request.properties as SecretProperties;
        const value = SecretString ?? generateSecretString(GenerateSecretString);
        // One that was kept from the last start keeps its value, as at a deployment that does not change it.
        if (!secretsManager.has(arn)) secretsManager.putSecret(name, arn, value);
        return { ref: arn, attributes: { Id: arn } };
      },
    },
  };
}
