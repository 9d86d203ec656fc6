import { type JsonSchema } from 'aws-cdk-lib/aws-apigateway';
import * as z from 'zod/mini';

/**
 * The zod schema as API Gateway wants it: JSON Schema draft 4, checked before anything runs. The one schema serves
 * both sides, so they cannot disagree about a length or a pattern.
 */
export function jsonSchemaOf(schema: z.ZodMiniType): JsonSchema {
  // `io: input`: what the client sends, before the step trims it.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-4', io: 'input' });
  return rest as JsonSchema;
}
