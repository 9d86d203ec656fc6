import { UnsupportedLocally } from '../../aws/aws-service';
import { JsonArray, type JavaValue, NumberLiteral } from './java-value';
import { toJsonText } from './json-text';

/** Java's `String.valueOf`, but for null: a null reference renders as nothing in API Gateway. */
export function toJavaString(value: JavaValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof NumberLiteral) return value.text;
  if (value instanceof JsonArray) return toJsonText(value);
  if (Array.isArray(value)) return `[${value.map(elementString).join(', ')}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, element]) => `${key}=${elementString(element)}`).join(', ')}}`;
  }
  if (typeof value === 'object') throw new UnsupportedLocally('A variable of API Gateway printed as a whole');
  return String(value);
}

function elementString(value: JavaValue): string {
  return value === null ? 'null' : toJavaString(value);
}
