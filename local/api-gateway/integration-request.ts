import { UnsupportedLocally } from '../aws/aws-service';
import { ApiError, configurationError } from './api-error';
import { type Integration } from './integration';
import { type Invocation } from './invocation';
import { renderMappingTemplate } from './mapping-template';
import { mediaTypeOf } from './media-type';
import { NotJson } from './template-input';
import { type JavaMap, TemplateFailure } from './velocity/java-value';

/**
 * The body for the integration: the rendered request template, or the request's own body where none applies.
 *
 * Errors: `UNSUPPORTED_MEDIA_TYPE` if the body may not pass through, `BAD_REQUEST_BODY` if the template reads a body
 * that is not JSON.
 */
export function integrationRequestBody(integration: Integration, invocation: Invocation): string {
  const template = requestTemplate(integration, mediaTypeOf(invocation.request));
  const body = invocation.request.body.toString();
  if (template === undefined) return body;
  let rendered: string;
  try {
    rendered = renderMappingTemplate(template, { ...invocation, body });
  } catch (error) {
    if (error instanceof NotJson) {
      throw new ApiError('BAD_REQUEST_BODY', `Could not parse request body into json: ${error.message}`);
    }
    if (error instanceof TemplateFailure)
      throw configurationError(`Unable to transform request: ${error.message}`);
    throw error;
  }
  refuseRequestOverrides(invocation.context.get('requestOverride') as JavaMap);
  return rendered;
}

function requestTemplate(integration: Integration, mediaType: string): string | undefined {
  const { RequestTemplates: templates = {}, PassthroughBehavior = 'WHEN_NO_MATCH' } = integration;
  const template = Object.hasOwn(templates, mediaType) ? templates[mediaType] : templates.$default;
  if (template !== undefined) return template;
  const passes =
    PassthroughBehavior === 'WHEN_NO_MATCH' ||
    (PassthroughBehavior === 'WHEN_NO_TEMPLATES' && Object.keys(templates).length === 0);
  if (!passes) throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
  return undefined;
}

/** An action is called with a body alone, so an override of any other header, path or query string would be lost. */
function refuseRequestOverrides(override: JavaMap): void {
  for (const [place, parameters] of override) {
    for (const name of (parameters as JavaMap).keys()) {
      if (place !== 'header' || name.toLowerCase() !== 'content-type') {
        throw new UnsupportedLocally(`$context.requestOverride.${place}.${name}`);
      }
    }
  }
}
