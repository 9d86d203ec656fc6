import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws-service';

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly versionId: string;
  /** Seconds since the epoch, as AWS JSON has it. */
  readonly createdAt: number;
}

interface GetSecretValueInput {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

export function createSecretsManagerService(): SecretsManagerService {
  return new SecretsManagerService();
}

/** Secrets Manager with text secrets in their current version: GetSecretValue by AWS JSON 1.1, by name or by ARN. */
export class SecretsManagerService implements AwsService {
  readonly signingName = 'secretsmanager';
  private readonly secrets = new Map<string, Secret>();

  /** Creates the secret, or gives it a new current version. */
  putSecret(name: string, arn: string, value: string): void {
    const secret = { name, arn, value, versionId: randomUUID(), createdAt: Date.now() / 1000 };
    this.secrets.set(name, secret).set(arn, secret);
  }

  /** Nothing to forget: no operation writes a secret, they come with the template. */
  reset(): void {}

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const operation = request.headers['x-amz-target']?.replace(/^secretsmanager\./, '') ?? '';
    if (operation !== 'GetSecretValue') throw new UnsupportedLocally(`secretsmanager:${operation}`);
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(this.getSecretValue(JSON.parse(request.body.toString()) as GetSecretValueInput)),
    };
  }

  private getSecretValue({
    SecretId = '',
    VersionId,
    VersionStage = 'AWSCURRENT',
  }: GetSecretValueInput): object {
    const secret = this.secrets.get(SecretId);
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    if (VersionStage !== 'AWSCURRENT' || (VersionId !== undefined && VersionId !== secret.versionId)) {
      throw notFound(
        `Secrets Manager can't find the specified secret value for ${VersionId ?? VersionStage}`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: secret.versionId,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: secret.createdAt,
    };
  }
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
