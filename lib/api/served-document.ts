import { MockIntegration, PassthroughBehavior, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { VIEWER_ADDRESS_HEADER } from '../web/storefront-distribution';
import { type CrossOriginAccess } from './cors';
import { openApiDocument } from './openapi';
import { methodsOf, routeOf } from './routes';

/** Seconds for which a client may keep the document. */
const MAX_AGE = 300;

/** Placeholder in the document for the API's address, which the request tells. */
const SERVER = 'SERVER_URL';

/**
 * Where the client reaches the API: below its stage, or, when the request has come by CloudFront, below `/api`.
 * `$context.path` has the stage, or the base path of a custom domain (API Gateway, "Variables for data models, authorizers,
 * mapping templates, and CloudWatch access logging", read November 2026).
 */
const WHERE = [
  `#set($server = $context.path.replaceAll("/+openapi[.]json/*", ""))`,
  `#if($input.params().header.containsKey("${VIEWER_ADDRESS_HEADER}"))#set($server = "/api")#end`,
  `#if($server == "")#set($server = "/")#end`,
].join('\n');

/**
 * `GET /openapi.json`: the document itself, from the template of a mock. It changes only by a deployment, so no function is
 * asked for it. It is a string of VTL in single quotes, in which nothing is a reference or a directive.
 */
export function serveDocument(restApi: RestApi, access: CrossOriginAccess): void {
  const { method, path } = routeOf('GET /openapi.json');
  const document = JSON.stringify(openApiDocument(SERVER)).replaceAll("'", String.raw`\u0027`);
  const headers = { 'Cache-Control': `'public, max-age=${MAX_AGE}'`, ...access.headers };
  const parameters = Object.entries(headers).map(([name, value]): [string, string] => [
    `method.response.header.${name}`,
    value,
  ]);
  for (const each of methodsOf(method)) {
    const integration = new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      requestTemplates: { 'application/json': '{ "statusCode": 200 }' },
      integrationResponses: [
        {
          statusCode: '200',
          responseParameters: Object.fromEntries(parameters),
          responseTemplates: {
            'application/json': `${access.template}${WHERE}#set($document = '${document}')$document.replace("${SERVER}", $server)`,
          },
        },
      ],
    });
    restApi.root.resourceForPath(path).addMethod(each, integration, {
      methodResponses: [
        {
          statusCode: '200',
          responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])),
        },
      ],
    });
  }
}
