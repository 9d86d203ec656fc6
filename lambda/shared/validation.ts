import * as z from 'zod/mini';
import { OwnError } from './own-error';
import { Problem } from './problem';

/**
 * Parses at the boundary.
 *
 * @throws Problem `ValidationFailed` that names the fields and never repeats a value: values can be personal data.
 */
export function parse<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new Problem('ValidationFailed', describe(result.error.issues));
}

/**
 * Checks what a step has made before it leaves the step. What the schema does not name stays in.
 *
 * @throws ResultInvalid: a fault of ours, with the names of the fields and no value
 */
export function checked<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new ResultInvalid(describe(result.error.issues));
}

/** A step made something that its output schema refuses. Its effect may be there, so the saga compensates it. */
export class ResultInvalid extends OwnError {
  override readonly name = 'ResultInvalid';
  override readonly facts: { readonly fields: string };

  constructor(fields: string) {
    super('The result does not have the shape that the next steps need');
    this.facts = { fields };
  }
}

/** Half of a surrogate pair is JSON but no text: DynamoDB would refuse it, and the client would read "please retry". */
export const wholeCharacters = z.refine<string>(
  (text) => !/\p{Surrogate}/u.test(text),
  'has half of a character',
);

/** The body of a request. @throws Problem `ValidationFailed` when it is not JSON */
export function parseJson(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    throw new Problem('ValidationFailed', 'The request body is not JSON.');
  }
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const fields = issues.slice(0, 5).map((issue) => {
    // The client sent the body, not the step's input that wraps it.
    const field = issue.path.join('.').replace(/^request\./, '') || 'The request';
    switch (issue.code) {
      case 'too_big':
        return `${field} is too long or too large (at most ${issue.maximum})`;
      case 'too_small':
        return `${field} is too short or too small (at least ${issue.minimum})`;
      case 'unrecognized_keys':
        return `${field} has fields that are not known`;
      case 'invalid_type':
        return `${field} must be ${issue.expected}`;
      case 'custom':
        return `${field}: ${issue.message}`;
      default:
        // `zod/mini` brings no words of its own, so these are the schema's.
        return issue.message === 'Invalid input' ? `${field} is not valid` : `${field} ${issue.message}`;
    }
  });
  return fields.join('; ') + '.';
}
