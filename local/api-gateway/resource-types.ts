import { UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import {
  type CreatedResource,
  type ResourceRequest,
  type ResourceType,
} from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { UNDERSTOOD, WITHOUT_LOCAL_EFFECT } from './cloudformation-properties';
import { RestApiDefinition } from './rest-api-definition';

/** @param restApis gets each REST API that is created, by its id */
export function apiGatewayTypes(restApis: Map<string, RestApiDefinition>): Record<string, ResourceType> {
  const apiOf = ({ properties }: ResourceRequest) => restApis.get(properties.RestApiId as string)!;

  /** A part of a REST API: `add` hands it to the API's definition, under the name that `Ref` answers. */
  const part = (
    type: keyof typeof UNDERSTOOD,
    add: (api: RestApiDefinition, ref: string, request: ResourceRequest) => void,
    ref = (request: ResourceRequest) => physicalName(request, 64),
  ): ResourceType => ({
    ...propertiesOf(type),
    create(request): CreatedResource {
      const name = ref(request);
      add(apiOf(request), name, request);
      return { ref: name };
    },
  });

  return {
    'AWS::ApiGateway::RestApi': {
      ...propertiesOf('AWS::ApiGateway::RestApi'),
      create(request) {
        const ref = physicalName(request, 64);
        if (restApis.size > 0) throw new UnsupportedLocally(`A second AWS::ApiGateway::RestApi (${ref})`);
        const api = new RestApiDefinition(ref, request.properties);
        restApis.set(ref, api);
        return { ref, attributes: { RootResourceId: api.rootResourceId, RestApiId: ref } };
      },
    },
    'AWS::ApiGateway::Resource': part('AWS::ApiGateway::Resource', (api, ref, { properties }) =>
      api.addResource(ref, properties),
    ),
    'AWS::ApiGateway::Method': part('AWS::ApiGateway::Method', (api, _, { properties }) =>
      api.addMethod(properties),
    ),
    'AWS::ApiGateway::Model': part('AWS::ApiGateway::Model', (api, ref, { properties }) =>
      api.addModel(ref, properties),
    ),
    'AWS::ApiGateway::RequestValidator': part(
      'AWS::ApiGateway::RequestValidator',
      (api, ref, { properties }) => api.addRequestValidator(ref, properties),
    ),
    'AWS::ApiGateway::GatewayResponse': part('AWS::ApiGateway::GatewayResponse', (api, _, { properties }) =>
      api.addGatewayResponse(properties),
    ),
    'AWS::ApiGateway::Deployment': part('AWS::ApiGateway::Deployment', (api, _, { properties }) =>
      api.addDeployment(properties),
    ),
    'AWS::ApiGateway::Stage': part(
      'AWS::ApiGateway::Stage',
      (api, _, { properties }) => api.addStage(properties),
      ({ properties }) => properties.StageName as string,
    ),
    'AWS::ApiGateway::Account': withoutEffect(['CloudWatchRoleArn']),
  };
}

function propertiesOf(type: keyof typeof UNDERSTOOD) {
  return { properties: [...UNDERSTOOD[type]], withoutLocalEffect: [...WITHOUT_LOCAL_EFFECT[type]] };
}
