import { IAM } from '../iam/plugin';
import { LAMBDA } from '../lambda/plugin';
import { definePlugin } from '../core/plugin';
import { integrationTarget } from './integration';
import { apiGatewayTypes } from './resource-types';
import { createRestApi, type RestApi } from './rest-api';
import { type RestApiDefinition } from './rest-api-definition';
import { callAction, callableService } from './service-call';

interface ApiGatewaySettings {
  /** Path under which the REST API is served. @default '/<stage>' */
  readonly basePath?: string;
}

interface ApiGateway extends RestApi {
  /** By id. There is one, or none. */
  readonly restApis: ReadonlyMap<string, RestApiDefinition>;
}

/** What a REST API calls beside functions, it calls at the endpoint, in the wire protocol of the service. */
export const API_GATEWAY = definePlugin({
  name: 'api-gateway',
  needs: { functions: LAMBDA, iam: IAM },
  start({ clock, endpoint, warn }, { functions, iam }, { basePath }: ApiGatewaySettings) {
    const restApis = new Map<string, RestApiDefinition>();
    let restApi: RestApi | undefined;
    let resumed = Promise.resolve();
    let resume = () => {};

    const service: ApiGateway = {
      restApis,
      async handle(request) {
        if (!restApi) throw new Error('There is no REST API to serve');
        return restApi.handle(request);
      },
    };

    return {
      service,
      resourceTypes: apiGatewayTypes(restApis),
      ready() {
        const [definition] = restApis.values();
        if (!definition) return;
        for (const signingName of calledServices(definition)) callableService(signingName, endpoint);
        restApi = createRestApi(definition, {
          ...{ basePath, clock, policyOf: iam.policyOf },
          executionLog: (line) => warn(`API Gateway: ${line}`),
          async invokeFunction(arn, event) {
            await resumed;
            const { payload } = await functions.invoke(arn, event);
            return JSON.parse(payload) as unknown;
          },
          async callService(signingName, action, body) {
            await resumed;
            const { body: answer = '', ...head } = await callAction(
              callableService(signingName, endpoint),
              action,
              body,
            );
            return { ...head, body: answer.toString() };
          },
        });
      },
      // What is asked meanwhile waits.
      async pause() {
        resumed = new Promise((done) => (resume = done));
      },
      resume: () => resume(),
    };
  },
});

/** Signing names of the services that the methods integrate with, beside Lambda. */
function calledServices({ resources }: RestApiDefinition): string[] {
  const methods = [...resources.values()].flatMap((resource) => [...resource.methods.values()]);
  return methods.flatMap(({ Integration: { Type, Uri } }) => {
    if (Type === 'MOCK') return [];
    const target = integrationTarget(Uri!);
    return 'service' in target ? [target.service] : [];
  });
}
