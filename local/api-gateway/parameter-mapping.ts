import { UnsupportedLocally } from '../aws/aws-service';
import { type Invocation } from './invocation';
import { toJavaString } from './velocity/java-string';
import { type JavaValue } from './velocity/java-value';
import { readJsonPath } from './velocity/json-path';
import { parseJsonText } from './velocity/json-text';

/** What an integration answered, as far as response parameters can be mapped from it. */
export interface IntegrationAnswer {
  readonly statusCode: number;
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Evaluates a mapping expression: `'static'`, `method.request.{header|path|querystring}.X`, `context.X`,
 * `stageVariables.X`, and for responses `integration.response.header.X` and `integration.response.body[.path]`.
 *
 * @returns undefined if there is no such parameter: it is then not mapped
 */
export function mappedParameter(
  expression: string,
  invocation: Invocation,
  answer?: IntegrationAnswer,
): string | undefined {
  const literal = /^'(.*)'$/s.exec(expression);
  if (literal) return literal[1];
  const [source, name] = splitSource(expression);
  const { path, querystring, header } = invocation.parameters;
  switch (source) {
    case 'method.request.header':
      return header[name.toLowerCase()];
    case 'method.request.path':
      return path[name];
    case 'method.request.querystring':
      return querystring[name];
    case 'stageVariables':
      return invocation.stageVariables[name];
    case 'context':
      return printed(readJsonPath(invocation.context, `$.${name}`));
    case 'integration.response.header':
      if (answer) return answer.headers[name.toLowerCase()];
      break;
    case 'integration.response.body':
      if (answer) return printed(readJsonPath(parseJsonText(answer.body), name ? `$.${name}` : '$'));
  }
  throw new UnsupportedLocally(`The mapping expression ${expression}`);
}

function splitSource(expression: string): [source: string, name: string] {
  const match =
    /^(method\.request\.(?:header|path|querystring)|stageVariables|context|integration\.response\.(?:header|body))(?:\.(.+))?$/.exec(
      expression,
    );
  return [match?.[1] ?? '', match?.[2] ?? ''];
}

function printed(value: JavaValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : toJavaString(value);
}
