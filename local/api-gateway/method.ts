import { type Integration, type MethodResponse } from './integration';

export interface Resource {
  readonly id: string;
  /** `/events/{eventId}` */
  readonly path: string;
  /** By HTTP method, `ANY` included. */
  readonly methods: Map<string, Method>;
}

/** `AWS::ApiGateway::Method`, checked. */
export interface Method {
  readonly HttpMethod: string;
  readonly AuthorizationType: 'NONE' | 'AWS_IAM';
  readonly Integration: Integration;
  readonly MethodResponses: readonly MethodResponse[];
  /** Model names by media type. */
  readonly RequestModels: Readonly<Record<string, string>>;
  /** `method.request.{header|path|querystring}.X` to whether it is required. */
  readonly RequestParameters: Readonly<Record<string, boolean>>;
  readonly RequestValidatorId?: string;
}
