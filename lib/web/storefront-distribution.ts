import { join } from 'node:path';
import { Duration, Validations } from 'aws-cdk-lib';
import { type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { RestApiOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { type IBucket } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret';
import { VIEWER_ADDRESS_HEADER } from '../../lambda/shared/viewer-address';
import { type StorefrontConfig } from '../config';
import { accountWideName } from './account-wide-name';
import { responseHeaders } from './response-headers';

export interface StorefrontDistributionProps {
  readonly config: StorefrontConfig;
  readonly pages: IBucket;
  readonly api: RestApi;
  /** Origins beside the storefront's own whose pages may read the API's answers. */
  readonly allowedOrigins: readonly string[];
  readonly originSecret: OriginSecret;
}

/**
 * The errors of an origin that CloudFront keeps for ten seconds, whatever the origin says of keeping. The other 4xx it keeps
 * only where the origin allows it: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const KEPT_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

/** By this CloudFront tells the API who asks; written by `strip-api-prefix.js`. */
export { VIEWER_ADDRESS_HEADER };

/** One host for the pages and, under `/api`, the API: so the pages need no CORS and no address of the API. */
export class StorefrontDistribution extends Distribution {
  constructor(scope: Construct, id: string, props: StorefrontDistributionProps) {
    const { config, originSecret } = props;
    const { domain } = config;
    const headers = new ResponseHeadersPolicy(scope, `${id}Headers`, {
      ...responseHeaders(config),
      responseHeadersPolicyName: accountWideName(scope, 'headers'),
    });
    const toApi: BehaviorOptions = {
      // Above the 29 s of API Gateway: its own 504 has words, CloudFront's has none.
      origin: new RestApiOrigin(props.api, {
        readTimeout: Duration.seconds(30),
        customHeaders: { [ORIGIN_SECRET_HEADER]: originSecret.reference },
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      responseHeadersPolicy: headers,
      // API Gateway goes by its own host name.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      functionAssociations: [
        { eventType: FunctionEventType.VIEWER_REQUEST, function: stripApiPrefix(scope, id) },
      ],
    };
    super(scope, id, {
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(props.pages, {
          originAccessControl: new S3OriginAccessControl(scope, `${id}PageAccess`, {
            originAccessControlName: accountWideName(scope, 'pages'),
          }),
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: headers,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      },
      additionalBehaviors: {
        // The first that matches wins.
        '/api/events*': {
          ...toApi,
          allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
          cachePolicy: seatMapCache(scope, id, props.allowedOrigins),
        },
        '/api/*': {
          ...toApi,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
        },
      },
      // A purchase that is not there yet, or a fault that has just ended, is not to be read for ten seconds more.
      errorResponses: KEPT_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      // Without a domain of its own the certificate is CloudFront's, and so is what it allows.
      ...(domain && {
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(scope, `${id}Certificate`, domain.certificateArn),
      }),
    });
    acknowledgeFindings(this, config);
  }
}

/** The runtime is CloudFront's own JavaScript, so the code goes in as it is. */
function stripApiPrefix(scope: Construct, id: string): Function {
  return new Function(scope, `${id}StripApiPrefix`, {
    functionName: accountWideName(scope, 'strip-api-prefix'),
    code: FunctionCode.fromFile({ filePath: join(__dirname, 'strip-api-prefix.js') }),
    runtime: FunctionRuntime.JS_2_0,
  });
}

/**
 * Two seconds, so that a hall that ten thousand people watch is read from the tables as if one did. The purchase itself
 * never passes here, and a buyer whose purchase has just failed asks with `after`, which is a key of its own.
 *
 * Where several origins may read the map, each has its own copy, which names it: a browser refuses another's. By itself
 * CloudFront does not consider headers (Developer Guide, "Cache content based on request headers", read November 2026).
 */
function seatMapCache(scope: Construct, id: string, allowedOrigins: readonly string[]): CachePolicy {
  return new CachePolicy(scope, `${id}SeatMapCache`, {
    cachePolicyName: accountWideName(scope, 'seat-map'),
    // A minimum, as the API says no-store to everybody else.
    minTtl: Duration.seconds(2),
    defaultTtl: Duration.seconds(2),
    maxTtl: Duration.seconds(2),
    headerBehavior:
      allowedOrigins.length > 1 ? CacheHeaderBehavior.allowList('Origin') : CacheHeaderBehavior.none(),
    queryStringBehavior: CacheQueryStringBehavior.allowList('section', 'after'),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
}

function acknowledgeFindings(distribution: Distribution, { domain }: StorefrontConfig): void {
  const acknowledge = (id: string, reason: string) =>
    Validations.of(distribution).acknowledge({ id, reason });
  acknowledge(
    'AwsSolutions-CFR3',
    'The log that the rule asks for has the paths, and so the ids of purchases: lib/web/access-log.ts has one without',
  );
  acknowledge('AwsSolutions-CFR1', 'Tickets are sold to buyers in every country');
  acknowledge(
    'AwsSolutions-CFR2',
    'What can be attacked is the API, which has a firewall of its own; the rest are static files',
  );
  if (!domain) {
    acknowledge(
      'AwsSolutions-CFR4',
      'The stage has no domain of its own yet, and *.cloudfront.net comes with a certificate and policy of AWS',
    );
  }
}
