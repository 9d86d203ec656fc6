import { createHash } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { checkMembers, type ResourceRequest, type ResourceType } from '../cloudformation/resource-type';
import { type LocalClock } from '../core/clock';
import { type PartnersService } from '../partners/plugin';
import { type SecretsManagerService } from '../secrets-manager/secrets-manager-service';
import { ApiDestination, type Credential } from './api-destination';

export interface ConnectionTypesProps {
  readonly clock: LocalClock;
  readonly destinations: Map<string, ApiDestination>;
  readonly partners: PartnersService;
  readonly secrets: SecretsManagerService;
}

interface AuthParameters {
  readonly ApiKeyAuthParameters?: { readonly ApiKeyName: string; readonly ApiKeyValue: string };
  readonly BasicAuthParameters?: { readonly Username: string; readonly Password: string };
}

/** "Amazon EventBridge quotas": 300 a second for each destination, unless it says less. */
const MOST_A_SECOND = 300;

/** Connections with an API key or a password, and the API destinations that use them. Each address gets a stand-in. */
export function connectionTypes(props: ConnectionTypesProps): Record<string, ResourceType> {
  const { clock, destinations, partners, secrets } = props;
  const credentials = new Map<string, Credential>();

  return {
    'AWS::Events::Connection': {
      properties: ['AuthParameters', 'AuthorizationType', 'Name'],
      withoutLocalEffect: ['Description', 'KmsKeyIdentifier'],
      create(request) {
        const name = nameOf(request);
        const credential = credentialOf(request, (text) => resolved(text, secrets));
        const arn = arnOf('connection', name);
        credentials.set(arn, credential);
        // The service keeps what it was given in a secret of its own.
        const secretName = `events!connection/${name}/${idOf(name)}`;
        const secretArn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${secretName}`;
        secrets.putSecret(secretName, secretArn, JSON.stringify(credential.secret));
        return { ref: name, attributes: { Arn: arn, ArnForPolicy: arn, SecretArn: secretArn } };
      },
    },

    'AWS::Events::ApiDestination': {
      properties: [
        'ConnectionArn',
        'HttpMethod',
        'InvocationEndpoint',
        'InvocationRateLimitPerSecond',
        'Name',
      ],
      withoutLocalEffect: ['Description'],
      create(request) {
        const name = nameOf(request);
        const {
          ConnectionArn,
          HttpMethod: method,
          InvocationEndpoint: endpoint,
          InvocationRateLimitPerSecond: rate = MOST_A_SECOND,
        } = request.properties as Record<string, string>;
        const credential = credentials.get(ConnectionArn!);
        if (!credential)
          throw new AwsError('ResourceNotFoundException', `Connection ${ConnectionArn} does not exist.`);
        if (!/^https:\/\/[^/*]+(\/[^*]*)?$/.test(endpoint!))
          throw new AwsError(
            'ValidationException',
            `InvocationEndpoint must be an https address without *: ${endpoint}`,
          );
        if (!['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].includes(method!))
          throw new AwsError('ValidationException', `HttpMethod cannot be ${method}`);
        if (!(Number(rate) >= 1 && Number(rate) <= MOST_A_SECOND))
          throw new AwsError(
            'ValidationException',
            `InvocationRateLimitPerSecond must be from 1 to ${MOST_A_SECOND}`,
          );
        const address = new URL(endpoint!);
        partners.partners.register(address.host, {
          header: credential.header.toLowerCase(),
          value: credential.value,
        });
        const arn = arnOf('api-destination', name);
        destinations.set(
          arn,
          new ApiDestination(
            { url: partners.standIn(address), method: method!, ratePerSecond: Number(rate), credential },
            clock,
          ),
        );
        return { ref: name, attributes: { Arn: arn, ArnForPolicy: arn } };
      },
    },
  };
}

function credentialOf({ properties }: ResourceRequest, resolve: (text: string) => string): Credential {
  const { AuthorizationType: type, AuthParameters = {} } = properties as {
    AuthorizationType?: string;
    AuthParameters?: AuthParameters;
  };
  checkMembers('AWS::Events::Connection AuthParameters', AuthParameters, [
    type === 'API_KEY' ? 'ApiKeyAuthParameters' : 'BasicAuthParameters',
  ]);
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic } = AuthParameters;
  if (type === 'API_KEY' && key) {
    const value = resolve(key.ApiKeyValue);
    return { header: key.ApiKeyName, value, secret: { api_key_name: key.ApiKeyName, api_key_value: value } };
  }
  if (type === 'BASIC' && basic) {
    const [username, password] = [resolve(basic.Username), resolve(basic.Password)];
    const value = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return { header: 'Authorization', value, secret: { username, password } };
  }
  throw new UnsupportedLocally(`A connection by ${type} with ${Object.keys(AuthParameters).join(', ')}`);
}

/** A dynamic reference to a secret ("Get a secret or secret value from Secrets Manager", CloudFormation user guide). */
function resolved(text: string, secrets: SecretsManagerService): string {
  const reference =
    /^\{\{resolve:secretsmanager:(arn:aws:secretsmanager:[^:]*:[^:]*:secret:[^:}]+|[^:}]+):SecretString:([^:}]*):([^:}]*):?([^:}]*)\}\}$/;
  const found = reference.exec(text);
  if (!found) {
    if (text.includes('{{resolve:')) throw new UnsupportedLocally(`The dynamic reference ${text}`);
    return text;
  }
  const [, id, key, stage] = found;
  const secret = secrets.value(id!, stage || undefined);
  if (!key) return secret;
  const field = (JSON.parse(secret) as Readonly<Record<string, unknown>>)[key];
  if (typeof field !== 'string')
    throw new AwsError('ValidationException', `The secret ${id} has no text ${key}`);
  return field;
}

function nameOf(request: ResourceRequest): string {
  return (request.properties.Name as string | undefined) ?? physicalName(request, 64);
}

function arnOf(kind: string, name: string): string {
  return `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${kind}/${name}/${idOf(name)}`;
}

/** The same at every start. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
