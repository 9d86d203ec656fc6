/**
 * The values of a header: names come as they were sent, in any case, so there may be several.
 *
 * @param headers null in API Gateway's own test of a method
 * @param wanted in small letters
 */
export function headersNamed<Value>(
  headers: Readonly<Record<string, Value | undefined>> | null,
  wanted: string,
): Value[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === wanted && value !== undefined ? [value] : [],
  );
}
