import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../cdk.json';
import { definitionsOf } from '../harness/synthesized-stage';
import { STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';
import { type Machine } from './state-machines/machine';

/** What is compared of the app: as it is synthesised, so nothing has to be kept up with it here. */
export interface App {
  /** The state machines' definitions, by name. */
  readonly machines: Readonly<Record<string, Machine>>;
  readonly mappingTemplates: readonly AppTemplate[];
}

export interface AppTemplate {
  /** The method it belongs to, and of an answer the status and the pattern. */
  readonly name: string;
  readonly kind: 'request' | 'response';
  readonly text: string;
}

export function synthesizedApp(): App {
  const config = STAGES.find(({ name }) => name === 'dev')!;
  const stage = new EventProStage(new CdkApp({ context: cdkJson.context }), 'EventPro-dev', config);
  const templates = stage.node.children.filter(Stack.isStack).map((stack) => Template.fromStack(stack));
  const machines = templates.flatMap((template) => Object.entries(definitionsOf(template)));
  return {
    machines: Object.fromEntries(
      machines.map(([id, definition]) => [id.replace(/[0-9A-F]{8}$/, ''), definition as unknown as Machine]),
    ),
    mappingTemplates: templates.flatMap(mappingTemplatesOf),
  };
}

interface Method {
  readonly Properties: {
    readonly HttpMethod: string;
    readonly Integration?: {
      readonly RequestTemplates?: Readonly<Record<string, unknown>>;
      readonly IntegrationResponses?: readonly {
        readonly StatusCode: string;
        readonly SelectionPattern?: string;
        readonly ResponseTemplates?: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

function mappingTemplatesOf(template: Template): AppTemplate[] {
  const methods = Object.entries(template.findResources('AWS::ApiGateway::Method')) as [string, Method][];
  return methods.flatMap(([id, { Properties }]) => {
    const { RequestTemplates = {}, IntegrationResponses = [] } = Properties.Integration ?? {};
    const requests = Object.values(RequestTemplates).map((text) => ({
      name: `${id} request`,
      kind: 'request' as const,
      text: textOf(text),
    }));
    const responses = IntegrationResponses.flatMap(
      ({ StatusCode, SelectionPattern = '', ResponseTemplates = {} }) =>
        Object.values(ResponseTemplates).map((text) => ({
          ...{
            name: `${id} ${StatusCode} ${SelectionPattern}`,
            kind: 'response' as const,
            text: textOf(text),
          },
        })),
    );
    return [...requests, ...responses];
  });
}

/** The text of a `Fn::Join`, with an ARN wherever CloudFormation would fill one in. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join ? join[1].map(textOf).join(join[0]) : 'arn:aws:x:::filled-in';
}
