/**
 * A value of a mapping template, as Velocity sees it in Java: a map keeps its insertion order, so objects are Maps and
 * never plain JavaScript objects (which would reorder `{"1":…}` and choke on `__proto__`).
 */
export type JavaValue = null | boolean | number | string | NumberLiteral | JavaValue[] | JavaMap | HostObject;

export type JavaMap = Map<string, JavaValue>;

/** A number of the payload that JavaScript would not write back as it was read: `1.0`, `12345678901234567890`. */
export class NumberLiteral {
  constructor(readonly text: string) {}

  valueOf(): number {
    return Number(this.text);
  }
}

/** An array that came from JSON: unlike a list of the template, it prints itself as JSON (json-smart's JSONArray). */
export class JsonArray extends Array<JavaValue> {}

/** An object of API Gateway's own, such as `$input`: what it does not know it refuses by name. */
export interface HostObject {
  property(name: string): JavaValue;
  call(method: string, args: readonly JavaValue[]): JavaValue;
}

/** A template that fails as it would in API Gateway, where Java throws: the caller gets a 500, and the log this message. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure';
}

export function isHostObject(value: JavaValue): value is HostObject {
  return typeof value === 'object' && value !== null && 'call' in value && 'property' in value;
}

export function isNumber(value: JavaValue): value is number | NumberLiteral {
  return typeof value === 'number' || value instanceof NumberLiteral;
}
