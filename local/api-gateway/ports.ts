import { type AwsRequest } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { type SignatureOptions } from '../core/sigv4';

export interface RestApiPorts {
  /**
   * Lambda's `Invoke`: the payload that the function returned, or Lambda's error object `{errorMessage, errorType, …}`
   * if the function failed. Rejects if the function could not be invoked.
   */
  invokeFunction(functionArn: string, event: unknown): Promise<unknown>;
  /**
   * An action of an AWS service, such as `states`, `StartSyncExecution`. An error of the service is an answer, too;
   * rejects only if there is none.
   */
  callService(
    service: string,
    action: string,
    body: string,
  ): Promise<{
    readonly statusCode: number;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  }>;
  readonly clock: LocalClock;
  /** For `AWS_IAM`. A code beginning with `AccessDenied` is answered ACCESS_DENIED. @default the local verifySignature */
  readonly verifySignature?: (
    request: AwsRequest,
    options: SignatureOptions,
  ) => Promise<SignatureResult> | SignatureResult;
  /**
   * What the user with this access key may do; undefined when there is none. Whoever signs with the local credentials may call
   * everything. @default nobody else signs
   */
  readonly policyOf?: (
    accessKeyId: string,
  ) => { allows(action: string, resource: string): boolean } | undefined;
  /** Path under which the API is published, as with a base path mapping of a custom domain. @default '/<stage>' */
  readonly basePath?: string;
  /** API Gateway's execution log: the reasons that a caller is not told, one line each. @default not written */
  readonly executionLog?: (line: string) => void;
}

type SignatureResult =
  { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };

/** A web ACL before a stage. */
export interface Firewall {
  /** @param now milliseconds since the epoch @returns the name of the rule that blocks the request */
  blockedBy(request: FirewallRequest, now: number): string | undefined;
}

export interface FirewallRequest {
  readonly method: string;
  /** With the stage, as AWS WAF sees it. */
  readonly uriPath: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
}
