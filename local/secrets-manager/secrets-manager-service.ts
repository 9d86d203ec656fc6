import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { type AwsService } from '../aws/aws-service';
import { jsonProtocol, taking } from '../aws/json-protocol';
import { Journal } from '../core/journal';

interface SecretVersion {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly versionId: string;
  /** Seconds since the epoch, as AWS JSON has it. */
  readonly createdAt: number;
}

/** The versions that have a stage; Secrets Manager may delete those that have none. */
interface Secret {
  readonly current: SecretVersion;
  readonly previous?: SecretVersion;
}

interface GetSecretValueInput {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

export interface SecretsManagerServiceOptions {
  /** Keeps the secrets across restarts. @default in memory only */
  readonly journalFile?: string;
}

export function createSecretsManagerService(options?: SecretsManagerServiceOptions): SecretsManagerService {
  return new SecretsManagerService(options);
}

/** Secrets Manager with text secrets: GetSecretValue by AWS JSON 1.1, by name or by ARN, current or previous version. */
export class SecretsManagerService implements AwsService {
  readonly signingName = 'secretsmanager';
  readonly targetPrefix = 'secretsmanager';
  readonly handle = jsonProtocol(this, '1.1', {
    GetSecretValue: taking(['SecretId', 'VersionId', 'VersionStage'], (input: GetSecretValueInput) =>
      this.getSecretValue(input),
    ),
  });
  private readonly journal: Journal<SecretVersion>;
  /** By ARN. */
  private readonly secrets = new Map<string, Secret>();

  constructor({ journalFile }: SecretsManagerServiceOptions = {}) {
    this.journal = new Journal(journalFile);
    for (const version of this.journal.replay()) this.stage(version);
    const staged = [...this.secrets.values()].flatMap(({ previous, current }) => [previous, current]);
    this.journal.rewrite(staged.filter((version) => version !== undefined));
  }

  has(secretId: string): boolean {
    return this.find(secretId) !== undefined;
  }

  /** The text of a secret, as another service reads it. @throws AwsError ResourceNotFoundException */
  value(secretId: string, stage = 'AWSCURRENT'): string {
    return this.versionOf({ SecretId: secretId, VersionStage: stage }).version.value;
  }

  /** Creates the secret, or gives it a new current version: the one before is then the previous one. */
  putSecret(name: string, arn: string, value: string): void {
    const known = this.secrets.get(arn)?.current;
    const version = {
      ...{ name: known?.name ?? name, arn, value },
      ...{ versionId: randomUUID(), createdAt: Date.now() / 1000 },
    };
    this.journal.append(version);
    this.stage(version);
  }

  private stage(version: SecretVersion): void {
    this.secrets.set(version.arn, { current: version, previous: this.secrets.get(version.arn)?.current });
  }

  private find(secretId: string): Secret | undefined {
    return (
      this.secrets.get(secretId) ??
      [...this.secrets.values()].find(({ current }) => current.name === secretId)
    );
  }

  private versionOf({ SecretId = '', VersionId, VersionStage }: GetSecretValueInput): {
    readonly version: SecretVersion;
    readonly stage: string;
  } {
    const secret = this.find(SecretId);
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    const isPrevious = VersionId !== undefined && VersionId === secret.previous?.versionId;
    const stage = VersionStage ?? (isPrevious ? 'AWSPREVIOUS' : 'AWSCURRENT');
    const stages = { AWSCURRENT: secret.current, AWSPREVIOUS: secret.previous };
    const version = (stages as Record<string, SecretVersion | undefined>)[stage];
    if (!version || (VersionId !== undefined && VersionId !== version.versionId)) {
      throw notFound(
        `Secrets Manager can't find the specified secret value for ${VersionId ?? `staging label: ${stage}`}`,
      );
    }
    return { version, stage };
  }

  private getSecretValue(input: GetSecretValueInput): object {
    const { version, stage } = this.versionOf(input);
    return {
      ARN: version.arn,
      Name: version.name,
      SecretString: version.value,
      VersionId: version.versionId,
      VersionStages: [stage],
      CreatedDate: version.createdAt,
    };
  }
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
