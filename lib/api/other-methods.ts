import { MockIntegration, PassthroughBehavior, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { problemType } from '../../lambda/shared/problem';
import { type CrossOriginAccess } from './cors';
import { methodsByPath } from './routes';

/** Of any other, API Gateway says 415 before it comes to the method. A mock reads its status from a template, by the type. */
const MEDIA_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/xml',
  'application/octet-stream',
  'multipart/form-data',
  'text/plain',
];

/**
 * 405 with `Allow`, as RFC 9110 asks, for a method that a path does not have. API Gateway by itself takes it for an unsigned
 * call: 403 "Missing Authentication Token". Paths that do not exist still get that.
 */
export function refuseOtherMethods(restApi: RestApi, access: CrossOriginAccess): void {
  const cors = access.headers;
  for (const [path, methods] of methodsByPath()) {
    const allow = [...methods, ...(access.preflight ? ['OPTIONS'] : [])].join(', ');
    const headers = { 'Content-Type': `'application/problem+json'`, Allow: `'${allow}'`, ...cors };
    const names = Object.keys(headers).map((name) => `method.response.header.${name}`);
    const problem = {
      type: problemType('METHOD_NOT_ALLOWED'),
      title: 'There is no such method here',
      status: 405,
      detail: `This path has ${allow}.`,
      code: 'METHOD_NOT_ALLOWED',
    };
    const integration = new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      requestTemplates: Object.fromEntries(MEDIA_TYPES.map((type) => [type, '{ "statusCode": 405 }'])),
      integrationResponses: [
        {
          statusCode: '405',
          responseParameters: Object.fromEntries(
            Object.values(headers).map((value, index) => [names[index]!, value]),
          ),
          responseTemplates: { 'application/json': access.template + JSON.stringify(problem) },
        },
      ],
    });
    restApi.root.resourceForPath(path).addMethod('ANY', integration, {
      methodResponses: [
        { statusCode: '405', responseParameters: Object.fromEntries(names.map((name) => [name, true])) },
      ],
    });
  }
}
