import Ajv4, { type ErrorObject, type ValidateFunction } from 'ajv-draft-04';
import { UnsupportedLocally } from '../aws/aws-service';
import { validationErrorString } from './validation-error';

/** A compiled `AWS::ApiGateway::Model`. */
export interface Model {
  /** @returns `$context.error.validationErrorString`, or undefined if the body fits */
  validate(body: unknown): string | undefined;
}

const ajv = new Ajv4({ strict: false, allErrors: true, verbose: true, validateFormats: false });

/** The models that every REST API has. */
export const EMPTY_MODEL = compileModel('Empty', { type: 'object' });
export const ERROR_MODEL = compileModel('Error', {
  type: 'object',
  properties: { message: { type: 'string' } },
});

/**
 * Compiles a JSON Schema draft-04. Formats are not checked, as API Gateway does not check them.
 *
 * @throws UnsupportedLocally for a reference to another model, or a schema that is not draft-04
 */
export function compileModel(name: string, schema: unknown): Model {
  const document = (typeof schema === 'string' ? JSON.parse(schema) : schema) as object;
  const reference = /"\$ref":"(?!#)([^"]*)"/.exec(JSON.stringify(document));
  if (reference)
    throw new UnsupportedLocally(
      `AWS::ApiGateway::Model ${name}: a reference to another model (${reference[1]})`,
    );
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(document);
  } catch (error) {
    throw new UnsupportedLocally(`AWS::ApiGateway::Model ${name}: ${(error as Error).message}, which`);
  }
  return {
    validate: (body) =>
      validate(body) ? undefined : validationErrorString(validate.errors as ErrorObject[]),
  };
}
