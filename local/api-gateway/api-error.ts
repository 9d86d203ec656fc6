/** The gateway responses that this run can give, with what API Gateway sends unless the API says otherwise. */
export const GATEWAY_RESPONSES = {
  ACCESS_DENIED: { statusCode: 403, errorType: 'AccessDeniedException' },
  API_CONFIGURATION_ERROR: { statusCode: 500, errorType: 'InternalServerErrorException' },
  BAD_REQUEST_BODY: { statusCode: 400, errorType: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: { statusCode: 400, errorType: 'BadRequestException' },
  INTEGRATION_FAILURE: { statusCode: 504, errorType: 'InternalServerErrorException' },
  INTEGRATION_TIMEOUT: { statusCode: 504, errorType: 'InternalServerErrorException' },
  INVALID_SIGNATURE: { statusCode: 403, errorType: 'InvalidSignatureException' },
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 403, errorType: 'MissingAuthenticationTokenException' },
  REQUEST_TOO_LARGE: { statusCode: 413, errorType: 'RequestEntityTooLargeException' },
  UNSUPPORTED_MEDIA_TYPE: { statusCode: 415, errorType: 'BadRequestException' },
  // "Gateway response types for API Gateway" (read November 2026): 403, by default as DEFAULT_4XX says.
  WAF_FILTERED: { statusCode: 403, errorType: 'ForbiddenException' },
} as const;

export type GatewayResponseType = keyof typeof GATEWAY_RESPONSES;

/** A request that ends in a gateway response: thrown anywhere on its way, shaped at the end by the API's own settings. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly responseType: GatewayResponseType,
    /** `$context.error.message` */
    message: string,
    readonly options: {
      /** Where API Gateway departs from the default of the type. */
      readonly statusCode?: number;
      /** `$context.error.validationErrorString`: why a body does not fit its model. */
      readonly validationErrorString?: string;
      /** What went wrong, for the developer; the caller is not told. */
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

/** "Execution failed due to configuration error": a 500 whose cause is in the API, not in the request. */
export function configurationError(cause: string): ApiError {
  return new ApiError('API_CONFIGURATION_ERROR', 'Internal server error', { cause: new Error(cause) });
}
