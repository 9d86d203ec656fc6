import { ApiError } from './api-error';
import { type Invocation } from './invocation';
import { mediaTypeOf } from './media-type';
import { type Model } from './model';
import { mappedParameter } from './parameter-mapping';
import { type Method } from './method';
import { type RequestValidator } from './rest-api-definition';

/** Objects and arrays in one another: the limit of Jackson, Java's usual parser. API Gateway documents none. */
const MAX_NESTING = 1_000;

/** Checks the parameters, then the body; the first that fails decides. */
export function validateRequest(
  method: Method,
  invocation: Invocation,
  validator: RequestValidator,
  models: ReadonlyMap<string, Model>,
): void {
  if (validator.ValidateRequestParameters) validateParameters(method, invocation);
  if (validator.ValidateRequestBody) validateBody(method, invocation, models);
}

/** A required parameter must be there and not be blank. */
function validateParameters({ RequestParameters }: Method, invocation: Invocation): void {
  const missing = Object.entries(RequestParameters)
    .filter(([name, required]) => String(required) === 'true' && !mappedParameter(name, invocation)?.trim())
    .map(([name]) => name)
    .sort()
    .map((name) => name.split('.').slice(3).join('.'));
  if (missing.length > 0) {
    throw new ApiError(
      'BAD_REQUEST_PARAMETERS',
      `Missing required request parameters: [${missing.join(', ')}]`,
    );
  }
}

/** A media type without a model is not validated: only the passthrough behaviour can keep it out. */
function validateBody(
  { RequestModels }: Method,
  { request }: Invocation,
  models: ReadonlyMap<string, Model>,
): void {
  const mediaType = mediaTypeOf(request);
  const modelName = Object.hasOwn(RequestModels, mediaType)
    ? RequestModels[mediaType]
    : RequestModels.$default;
  if (modelName === undefined) return;
  const violations = models.get(modelName)!.validate(parseBody(request.body.toString()));
  if (violations) throw invalidBody(violations);
}

function parseBody(body: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body || '{}');
  } catch (error) {
    throw invalidBody((error as Error).message);
  }
  if (isNestedTooDeep(value)) throw invalidBody(`The body is nested more than ${MAX_NESTING} deep`);
  return value;
}

/** Level by level: what calls itself for each level, as a validator does, ends in a stack overflow there. */
function isNestedTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return true;
    level = level.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? (Object.values(inner) as unknown[]) : [],
    );
  }
  return false;
}

function invalidBody(validationErrorString: string): ApiError {
  return new ApiError('BAD_REQUEST_BODY', 'Invalid request body', { validationErrorString });
}
