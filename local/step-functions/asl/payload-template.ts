import { type Fields } from './fields';
import { callOf } from './intrinsic-call';
import { isObject, type Json } from './json';
import { requiredPathOf } from './path';
import { type Evaluate } from './scope';

/** Reads a payload template: in every object in it, the field `"name.$"` is a path or a call, any other is as it stands. */
export function payloadTemplateOf(template: Json, fields: Fields): Evaluate {
  if (Array.isArray(template)) {
    const items = template.map((item) => payloadTemplateOf(item, fields));
    return (data, scope) => items.map((item) => item(data, scope));
  }
  if (!isObject(template)) return () => template;
  const members = Object.entries(template).map(([name, value]) => {
    if (!name.endsWith('.$')) return [name, payloadTemplateOf(value, fields)] as const;
    if (typeof value !== 'string')
      throw fields.invalid(`${name} must be a path or a call of an intrinsic function`);
    return [name.slice(0, -2), expressionOf(value, fields)] as const;
  });
  return (data, scope) =>
    Object.fromEntries(members.map(([name, evaluate]) => [name, evaluate(data, scope)]));
}

/** Reads a path, or the call of an intrinsic function. */
export function expressionOf(text: string, fields: Fields): Evaluate {
  return text.startsWith('$') ? requiredPathOf(text, fields) : callOf(text, fields);
}
