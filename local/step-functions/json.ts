export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Bytes of UTF-8 that an execution's input, and each state's output, may have. */
export const PAYLOAD_LIMIT = 262_144;

export function exceedsPayloadLimit(value: Json | undefined): boolean {
  return value !== undefined && Buffer.byteLength(JSON.stringify(value)) > PAYLOAD_LIMIT;
}

/** The text itself, or the JSON of what should have been one. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
