import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../aws/aws-service';

/** A Lambda function as a template declares it, its code unpacked in a folder. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  /** Folder that holds the CommonJS bundle. */
  readonly codeDirectory: string;
  /** `file.export`, for example `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** @default - text, as in Lambda: the runtime then logs nothing of its own here */
  readonly logging?: {
    readonly format: 'JSON' | 'Text';
    /** The least level that is logged: `INFO`. */
    readonly applicationLevel?: string;
  };
  /** Of a durable function. @default - each invocation is one by itself */
  readonly durable?: DurableConfiguration;
}

/** `DurableConfig`: how long an execution may take, and how long it is remembered when it has ended. */
export interface DurableConfiguration {
  readonly executionTimeoutSeconds: number;
  readonly retentionDays: number;
}

/**
 * The environment variables a function sees: those Lambda sets and its own, nothing of the machine's.
 *
 * `TZ` is here for code that reads it; a worker thread shares the time zone of its process.
 */
export function functionEnvironment(configuration: FunctionConfiguration): Record<string, string> {
  const { logging = { format: 'Text' } } = configuration;
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...(logging.applicationLevel && { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }),
    LAMBDA_TASK_ROOT: configuration.codeDirectory,
    _HANDLER: configuration.handler,
    TZ: 'UTC',
    ...configuration.environment,
  };
}
