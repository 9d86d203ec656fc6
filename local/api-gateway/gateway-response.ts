import { type AwsResponse, UnsupportedLocally } from '../aws/aws-service';
import { type ApiError, GATEWAY_RESPONSES } from './api-error';
import { type Invocation } from './invocation';
import { mappedParameter } from './parameter-mapping';
import { toJavaString } from './velocity/java-string';
import { type JavaValue } from './velocity/java-value';

/** `AWS::ApiGateway::GatewayResponse`, of one type. */
export interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  /** Bodies by media type. Not VTL: only variables are replaced. */
  readonly ResponseTemplates?: Readonly<Record<string, string>>;
  /** `gatewayresponse.header.<name>` to a mapping expression. */
  readonly ResponseParameters?: Readonly<Record<string, string>>;
}

const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };
const VARIABLE = /\$(context|stageVariables|method\.request)((?:\.[\w-]+)+)/g;

/** The types that an API may set although no request here ends in them: no quota, authorizer or API key runs locally. */
const OTHER_TYPES = new Set([
  'AUTHORIZER_CONFIGURATION_ERROR', 'AUTHORIZER_FAILURE', 'DEFAULT_4XX', 'DEFAULT_5XX', 'EXPIRED_TOKEN',
  'INVALID_API_KEY', 'QUOTA_EXCEEDED', 'RESOURCE_NOT_FOUND', 'THROTTLED', 'UNAUTHORIZED',
]); // prettier-ignore

/** @throws UnsupportedLocally for what a gateway response cannot do here, or nowhere (VTL) */
export function checkGatewayResponse(response: GatewayResponse): void {
  const { ResponseType, ResponseTemplates = {}, ResponseParameters = {} } = response;
  if (!Object.hasOwn(GATEWAY_RESPONSES, ResponseType) && !OTHER_TYPES.has(ResponseType)) {
    throw new UnsupportedLocally(`AWS::ApiGateway::GatewayResponse ResponseType ${ResponseType}`);
  }
  for (const template of Object.values(ResponseTemplates)) {
    const rest = template.replace(VARIABLE, '');
    const reference = /\$!?\{?[A-Za-z][\w.]*|#(?:set|if|foreach|define)\b/.exec(rest);
    if (reference)
      throw new UnsupportedLocally(`${reference[0]} in a gateway response template (it is not VTL)`);
  }
  for (const target of Object.keys(ResponseParameters)) {
    if (!target.startsWith('gatewayresponse.header.')) {
      throw new UnsupportedLocally(`AWS::ApiGateway::GatewayResponse ResponseParameters ${target}`);
    }
  }
}

/**
 * Shapes the answer to a request that failed, from the gateway response of its type, else from `DEFAULT_4XX` or
 * `DEFAULT_5XX`, else as API Gateway does by default. The status is that of the type unless the response sets its own.
 */
export function gatewayErrorResponse(
  error: ApiError,
  invocation: Invocation,
  responses: ReadonlyMap<string, GatewayResponse>,
): AwsResponse {
  const defaults = GATEWAY_RESPONSES[error.responseType];
  const ownStatus = error.options.statusCode ?? defaults.statusCode;
  const response =
    responses.get(error.responseType) ?? responses.get(ownStatus < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  invocation.context.set('error', errorContext(error));

  const templates = hasEntries(response?.ResponseTemplates) ? response.ResponseTemplates : DEFAULT_TEMPLATES;
  const [mediaType, template] = selectTemplate(templates, invocation.request.headers.accept);
  const headers: Record<string, string> = {
    'content-type': mediaType,
    'x-amzn-errortype': defaults.errorType,
  };
  for (const [target, expression] of Object.entries(response?.ResponseParameters ?? {})) {
    const value = mappedParameter(expression, invocation);
    if (value !== undefined) headers[target.slice('gatewayresponse.header.'.length).toLowerCase()] = value;
  }
  return {
    statusCode: response?.StatusCode ? Number(response.StatusCode) : ownStatus,
    headers,
    body: template.replace(VARIABLE, (_match, root: string, path: string) =>
      substitute(root, path, invocation),
    ),
  };
}

/** The template for what the caller accepts, else the JSON one, else the first. */
export function selectTemplate(
  templates: Readonly<Record<string, string>>,
  accept: string | undefined,
): [mediaType: string, template: string] {
  const mediaType = [accept, 'application/json'].find(
    (type) => type !== undefined && Object.hasOwn(templates, type),
  );
  return mediaType ? [mediaType, templates[mediaType]!] : Object.entries(templates)[0]!;
}

function errorContext({ message, responseType, options }: ApiError): Map<string, JavaValue> {
  return new Map([
    ['message', message],
    ['messageString', JSON.stringify(message)],
    ['responseType', responseType],
    ['validationErrorString', options.validationErrorString ?? ''],
  ]);
}

function substitute(root: string, path: string, invocation: Invocation): string {
  if (root !== 'context') return mappedParameter(root + path, invocation) ?? '';
  const names = path.slice(1).split('.');
  const value = names.reduce<JavaValue>(
    (owner, name) => (owner instanceof Map ? (owner.get(name) ?? null) : null),
    invocation.context,
  );
  return toJavaString(value);
}

function hasEntries<T extends object>(object: T | undefined): object is T {
  return object !== undefined && Object.keys(object).length > 0;
}
