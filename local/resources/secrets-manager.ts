import { randomBytes } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { physicalName } from './physical-name';

export function secretsManagerTypes({ secretsManager }: Services): Record<string, ResourceType> {
  return {
    'AWS::SecretsManager::Secret': {
      properties: ['GenerateSecretString', 'SecretString'],
      withoutLocalEffect: ['Description', 'KmsKeyId', 'Tags'],
      create(request) {
        const name = physicalName(request, 128);
        const arn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}`;
        const value = request.properties.SecretString as string | undefined;
        secretsManager.putSecret(name, arn, value ?? randomBytes(24).toString('base64url'));
        return { ref: arn, attributes: { Id: arn } };
      },
    },
  };
}
