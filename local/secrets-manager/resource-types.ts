import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { type GenerateSecretString, generateSecretString } from './generate-secret-string';
import { type SecretsManagerService } from './secrets-manager-service';

interface SecretProperties {
  readonly GenerateSecretString?: GenerateSecretString;
  readonly SecretString?: string;
}

export function secretsManagerTypes(secretsManager: SecretsManagerService): Record<string, ResourceType> {
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
