import { type MethodRequestParameters, TemplateInput } from './template-input';
import { TemplateUtil } from './template-util';
import { type JavaMap } from './velocity/java-value';
import { checkVelocity, renderVelocity } from './velocity/velocity-template';

/** What a mapping template can read, and in `context` also write: `responseOverride` and `requestOverride`. */
export interface MappingScope {
  /** The payload: the request's body, or the integration's answer. */
  readonly body: string;
  readonly parameters: MethodRequestParameters;
  readonly context: JavaMap;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * Renders a mapping template (VTL) as API Gateway does.
 *
 * Errors: `NotJson` if it reads a body that is not JSON, `TemplateFailure` where Java throws, `UnsupportedLocally` for
 * a variable, method or directive that this run does not know.
 */
export function renderMappingTemplate(
  template: string,
  { body, parameters, context, stageVariables }: MappingScope,
): string {
  return renderVelocity(
    template,
    new Map<string, JavaMap | TemplateInput | TemplateUtil>([
      ['input', new TemplateInput(body, parameters)],
      ['util', new TemplateUtil()],
      ['context', context],
      ['stageVariables', new Map(Object.entries(stageVariables))],
    ]),
  );
}

/** @throws UnsupportedLocally for a template that does not parse */
export const checkMappingTemplate = checkVelocity;
