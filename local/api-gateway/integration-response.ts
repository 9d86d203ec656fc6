import { type AwsResponse } from '../aws/aws-service';
import { configurationError } from './api-error';
import { selectTemplate } from './gateway-response';
import { type Integration, type IntegrationResponse } from './integration';
import { type Invocation } from './invocation';
import { renderMappingTemplate } from './mapping-template';
import { type IntegrationAnswer, mappedParameter } from './parameter-mapping';
import { NotJson } from './template-input';
import { javaMatches } from './velocity/java-regex';
import { toJavaString } from './velocity/java-string';
import { type JavaMap, type JavaValue, TemplateFailure } from './velocity/java-value';

/**
 * Maps an integration's answer to the method response: status, headers and body of the integration response chosen.
 *
 * @param selector what selection patterns are matched against: the status code, or a Lambda's error message ('' if none)
 */
export function integrationResponse(
  { IntegrationResponses = [] }: Integration,
  answer: IntegrationAnswer,
  selector: string,
  invocation: Invocation,
): AwsResponse {
  const response = select(IntegrationResponses, selector);
  const { ResponseTemplates: templates = {}, ResponseParameters: parameters = {} } = response;
  const headers: Record<string, string> = {};
  let body = answer.body;
  if (Object.keys(templates).length > 0) {
    const [mediaType, template] = selectTemplate(templates, invocation.request.headers.accept);
    headers['content-type'] = mediaType;
    body = render(template, answer.body, invocation);
  } else if (body) headers['content-type'] = 'application/json';

  for (const [target, expression] of Object.entries(parameters)) {
    const value = mappedParameter(expression, invocation, answer);
    if (value !== undefined) headers[target.slice('method.response.header.'.length).toLowerCase()] = value;
  }
  const override = invocation.context.get('responseOverride') as JavaMap;
  for (const [name, value] of override.get('header') as JavaMap)
    headers[name.toLowerCase()] = toJavaString(value);
  return {
    statusCode: overriddenStatus(override.get('status')) ?? Number(response.StatusCode),
    headers,
    body,
  };
}

/** The first pattern that matches as a whole, as Java's `matches` does; else the response without a pattern. */
function select(responses: readonly IntegrationResponse[], selector: string): IntegrationResponse {
  const selected =
    responses.find(({ SelectionPattern }) => SelectionPattern && javaMatches(selector, SelectionPattern)) ??
    responses.find(({ SelectionPattern }) => !SelectionPattern);
  if (!selected) {
    throw configurationError(
      `No match for output mapping and no default output mapping configured (${selector})`,
    );
  }
  return selected;
}

function render(template: string, body: string, invocation: Invocation): string {
  try {
    return renderMappingTemplate(template, { ...invocation, body });
  } catch (error) {
    if (error instanceof NotJson || error instanceof TemplateFailure) {
      throw configurationError(`Unable to transform response: ${error.message}`);
    }
    throw error;
  }
}

/** API Gateway ignores an override that is not a whole number from 100 to 599. */
function overriddenStatus(status: JavaValue | undefined): number | undefined {
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status < 600
    ? status
    : undefined;
}
