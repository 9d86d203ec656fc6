import { type ErrorObject } from 'ajv-draft-04';

/**
 * `$context.error.validationErrorString`, in the words of the validator that API Gateway uses (json-schema-validator):
 * `[object has missing required properties (["email"]), string "x" is too short (length: 1, required minimum: 3)]`.
 */
export function validationErrorString(errors: readonly ErrorObject[]): string {
  const messages = new Set<string>();
  for (const error of errors) messages.add(message(error, errors));
  return `[${[...messages].join(', ')}]`;
}

function message(error: ErrorObject, errors: readonly ErrorObject[]): string {
  const found = (): string => JSON.stringify(error.data);
  const limit = (error.params as { limit?: number }).limit;
  switch (error.keyword) {
    case 'required':
      return `object has missing required properties (${names(error, errors, 'missingProperty')})`;
    case 'additionalProperties':
      return `object instance has properties which are not allowed by the schema: ${names(error, errors, 'additionalProperty')}`;
    case 'type':
      return `instance type (${typeName(error.data)}) does not match any allowed primitive type (allowed: ${allowedTypes(error.schema)})`;
    case 'enum':
      return `instance value (${found()}) not found in enum (possible values: ${JSON.stringify(error.schema)})`;
    case 'minLength':
      return `string ${found()} is too short (length: ${lengthOf(error.data)}, required minimum: ${limit})`;
    case 'maxLength':
      return `string ${found()} is too long (length: ${lengthOf(error.data)}, maximum allowed: ${limit})`;
    case 'pattern':
      return `ECMA 262 regex ${JSON.stringify(error.schema)} does not match input string ${found()}`;
    case 'minimum':
      return `numeric instance is lower than the required minimum (minimum: ${limit}, found: ${found()})`;
    case 'maximum':
      return `numeric instance is greater than the required maximum (maximum: ${limit}, found: ${found()})`;
    case 'minItems':
      return `array is too short: must have at least ${limit} elements but instance has ${lengthOf(error.data)} elements`;
    case 'maxItems':
      return `array is too long: must have at most ${limit} elements but instance has ${lengthOf(error.data)} elements`;
    case 'uniqueItems':
      return 'array must not contain duplicate elements';
    default:
      return `${error.instancePath || 'instance'} ${error.message}`;
  }
}

/** The validator names all such properties of one object in one message, sorted. */
function names(error: ErrorObject, errors: readonly ErrorObject[], parameter: string): string {
  const sameObject = errors.filter(
    ({ keyword, schemaPath, instancePath }) =>
      keyword === error.keyword && schemaPath === error.schemaPath && instancePath === error.instancePath,
  );
  return JSON.stringify(sameObject.map(({ params }) => (params as Record<string, string>)[parameter]).sort());
}

function typeName(data: unknown): string {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'array';
  return Number.isInteger(data) ? 'integer' : typeof data;
}

/** A number may always be an integer, and the validator says so. */
function allowedTypes(type: unknown): string {
  const types = [type].flat() as string[];
  return JSON.stringify([...new Set(types.includes('number') ? [...types, 'integer'] : types)].sort());
}

/** In characters, not in UTF-16 units. */
function lengthOf(data: unknown): number {
  return typeof data === 'string' ? [...data].length : (data as unknown[]).length;
}
