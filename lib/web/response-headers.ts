import { Duration } from 'aws-cdk-lib';
import {
  type HeadersFrameOption,
  type HeadersReferrerPolicy,
  type ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront';
import { type StorefrontConfig } from '../config';
import { securityHeaders } from './security-headers';

/** `securityHeaders` in the words of CloudFront, which has properties of its own for some of them; and HSTS. */
export function responseHeaders({ stripePublishableKey }: StorefrontConfig): ResponseHeadersPolicyProps {
  const headers = securityHeaders({ stripe: stripePublishableKey !== undefined });
  const {
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': referrerPolicy,
    'x-content-type-options': _nosniff,
    'x-frame-options': frameOption,
    ...custom
  } = headers;
  return {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy!, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: frameOption as HeadersFrameOption, override: true },
      referrerPolicy: { referrerPolicy: referrerPolicy as HeadersReferrerPolicy, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(custom).map(([header, value]) => ({ header, value, override: true })),
    },
  };
}
