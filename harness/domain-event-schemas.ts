import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv-draft-04';

/** What consumers are given: a file for each detail type. */
export const SCHEMA_FOLDER = join(__dirname, '..', 'docs', 'schemas');

/** Without formats, of which the schemas have none. */
const ajv = new Ajv({ allErrors: true });
const compiled = new Map<string, ValidateFunction>();

/**
 * What an event has that its schema in docs/schemas does not allow, or lacks that it asks for: the files that consumers go by, not the
 * declarations that they are made from.
 *
 * @returns undefined when it is as its schema says
 */
export function complaintOf(event: { readonly 'detail-type': string }): string | undefined {
  const type = event['detail-type'];
  let validate = compiled.get(type);
  if (!validate) {
    const file = join(SCHEMA_FOLDER, `${type}.json`);
    compiled.set(type, (validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object)));
  }
  if (validate(event)) return undefined;
  const complaints = validate.errors!.map(({ params, instancePath, message }) =>
    [instancePath, message, ...Object.values(params as Record<string, unknown>)].join(' '),
  );
  return `${type} is not as docs/schemas/${type}.json says: ${complaints.join('; ')}`;
}
