import { UnsupportedLocally } from '../aws/aws-service';
import { BadRequestException } from './bad-request-exception';
import { type Properties, refuseUnknownProperties } from './cloudformation-properties';
import { checkGatewayResponse, type GatewayResponse } from './gateway-response';
import { checkIntegration } from './integration';
import { type Method, type Resource } from './method';
import { compileModel, EMPTY_MODEL, ERROR_MODEL, type Model } from './model';
import { type Firewall } from './ports';

export interface RequestValidator {
  readonly ValidateRequestBody: boolean;
  readonly ValidateRequestParameters: boolean;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * A REST API as its CloudFormation resources say it is: one `add…` per resource type takes the properties as they are,
 * intrinsics resolved. A resource comes after those it refers to, which is CloudFormation's own order.
 *
 * Every `add…` throws `UnsupportedLocally` for a property or value that is not interpreted, and `BadRequestException`
 * for what API Gateway itself would refuse.
 */
export class RestApiDefinition {
  /** `Fn::GetAtt RootResourceId` */
  readonly rootResourceId: string;
  readonly resources = new Map<string, Resource>();
  readonly models = new Map<string, Model>([
    ['Empty', EMPTY_MODEL],
    ['Error', ERROR_MODEL],
  ]);
  readonly validators = new Map<string, RequestValidator>();
  readonly gatewayResponses = new Map<string, GatewayResponse>();
  /** Asked before anything else, once it is associated with the stage. */
  webAcl: Firewall | undefined;
  private deployedStage: Stage | undefined;

  /** @param restApiId the `Ref` of the API */
  constructor(
    readonly restApiId: string,
    properties: Properties,
  ) {
    refuseUnknownProperties('AWS::ApiGateway::RestApi', properties);
    this.rootResourceId = `${restApiId}-root`;
    this.resources.set(this.rootResourceId, { id: this.rootResourceId, path: '/', methods: new Map() });
  }

  /** @param resourceId the `Ref` of the resource */
  addResource(resourceId: string, properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::Resource', properties);
    const { ParentId, PathPart } = properties as { ParentId: string; PathPart: string };
    const parent = this.resource(ParentId);
    if (!/^(?:[\w.~:$-]+|\{[\w.:$-]+\+?\})$/.test(PathPart)) {
      throw new BadRequestException(
        `Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable: ${PathPart}`,
      );
    }
    if (parent.path.endsWith('+}'))
      throw new BadRequestException('Cannot create a child of a greedy resource');
    this.resources.set(resourceId, {
      id: resourceId,
      path: `${parent.path === '/' ? '' : parent.path}/${PathPart}`,
      methods: new Map(),
    });
  }

  addMethod(properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::Method', properties);
    const {
      ResourceId,
      MethodResponses = [],
      RequestModels = {},
      RequestParameters = {},
      ApiKeyRequired,
      ...given
    } = properties as Partial<Method> & { ResourceId: string; ApiKeyRequired?: boolean | string };
    const name = `AWS::ApiGateway::Method ${given.HttpMethod} ${this.resource(ResourceId).path}`;
    if (String(ApiKeyRequired) === 'true') throw new UnsupportedLocally(`${name}: ApiKeyRequired`);
    if (given.AuthorizationType !== 'NONE' && given.AuthorizationType !== 'AWS_IAM') {
      throw new UnsupportedLocally(`${name}: AuthorizationType ${given.AuthorizationType}`);
    }
    if (!given.Integration) throw new UnsupportedLocally(`${name}: a method without Integration`);
    for (const response of MethodResponses) {
      refuseUnknownProperties('AWS::ApiGateway::Method.MethodResponse', response as unknown as Properties);
    }
    for (const model of Object.values(RequestModels)) {
      if (!this.models.has(model))
        throw new BadRequestException(`Invalid model identifier specified: ${model}`);
    }
    if (given.RequestValidatorId && !this.validators.has(given.RequestValidatorId)) {
      throw new BadRequestException(
        `Invalid Request Validator identifier specified: ${given.RequestValidatorId}`,
      );
    }
    const method = { ...given, MethodResponses, RequestModels, RequestParameters } as Method;
    checkIntegration(method.Integration, method.MethodResponses, name);
    this.resource(ResourceId).methods.set(method.HttpMethod, method);
  }

  /** @param modelName the `Ref` of the model, which methods name it by */
  addModel(modelName: string, properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::Model', properties);
    this.models.set(modelName, compileModel(modelName, properties.Schema));
  }

  /** @param validatorId the `Ref` of the validator */
  addRequestValidator(validatorId: string, properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::RequestValidator', properties);
    this.validators.set(validatorId, {
      ValidateRequestBody: String(properties.ValidateRequestBody) === 'true',
      ValidateRequestParameters: String(properties.ValidateRequestParameters) === 'true',
    });
  }

  addGatewayResponse(properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::GatewayResponse', properties);
    const response = properties as unknown as GatewayResponse;
    checkGatewayResponse(response);
    this.gatewayResponses.set(response.ResponseType, response);
  }

  /** A deployment freezes nothing here: the resources of the template are the API. */
  addDeployment(properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::Deployment', properties);
  }

  /** Method settings (throttling, logging, caching) have no local effect, but for a cache, which would change answers. */
  addStage(properties: Properties): void {
    refuseUnknownProperties('AWS::ApiGateway::Stage', properties);
    const {
      StageName,
      Variables = {},
      MethodSettings = [],
    } = properties as {
      StageName: string;
      Variables?: Record<string, string>;
      MethodSettings?: readonly { readonly CachingEnabled?: boolean | string }[];
    };
    if (MethodSettings.some(({ CachingEnabled }) => String(CachingEnabled) === 'true')) {
      throw new UnsupportedLocally('AWS::ApiGateway::Stage MethodSettings CachingEnabled');
    }
    if (this.deployedStage)
      throw new UnsupportedLocally(`A second AWS::ApiGateway::Stage (${StageName}) of one REST API`);
    this.deployedStage = { name: StageName, variables: Variables };
  }

  /** The one stage; an API without one cannot be called. */
  get stage(): Stage {
    if (!this.deployedStage)
      throw new UnsupportedLocally(`The REST API ${this.restApiId} without AWS::ApiGateway::Stage`);
    return this.deployedStage;
  }

  private resource(resourceId: string): Resource {
    const resource = this.resources.get(resourceId);
    if (!resource) throw new BadRequestException(`Invalid Resource identifier specified: ${resourceId}`);
    return resource;
  }
}
