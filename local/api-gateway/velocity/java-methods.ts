import { UnsupportedLocally } from '../../aws/aws-service';
import { javaMatches, javaReplaceAll, javaReplaceFirst, javaSplit } from './java-regex';
import { toJavaString } from './java-string';
import {
  type HostObject,
  isHostObject,
  isNumber,
  type JavaMap,
  type JavaValue,
  TemplateFailure,
} from './java-value';

type Methods<Receiver> = Readonly<Record<string, (receiver: Receiver, ...args: JavaValue[]) => JavaValue>>;

const OBJECT_METHODS = {
  equals: (value: JavaValue, other: JavaValue = null) => javaEquals(value, other),
  toString: (value: JavaValue) => toJavaString(value),
} satisfies Methods<JavaValue>;

const STRING_METHODS: Methods<string> = {
  ...OBJECT_METHODS,
  charAt: (text, index) => text.charAt(within(text, index)),
  concat: (text, other) => text + string(other),
  contains: (text, part) => text.includes(string(part)),
  endsWith: (text, suffix) => text.endsWith(string(suffix)),
  equalsIgnoreCase: (text, other) => typeof other === 'string' && text.toUpperCase() === other.toUpperCase(),
  indexOf: (text, part, from = 0) => text.indexOf(string(part), Number(from)),
  isEmpty: (text) => text === '',
  lastIndexOf: (text, part) => text.lastIndexOf(string(part)),
  length: (text) => text.length,
  matches: (text, regex) => javaMatches(text, string(regex)),
  replace: (text, part, replacement) => text.replaceAll(string(part), () => string(replacement)),
  replaceAll: (text, regex, replacement) => javaReplaceAll(text, string(regex), string(replacement)),
  replaceFirst: (text, regex, replacement) => javaReplaceFirst(text, string(regex), string(replacement)),
  split: (text, regex) => javaSplit(text, string(regex)),
  startsWith: (text, prefix) => text.startsWith(string(prefix)),
  substring: (text, begin, end = text.length) => substring(text, Number(begin), Number(end)),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  // Java trims every character up to the space and nothing else.
  trim: (text) => text.replace(/^[\0- ]+|[\0- ]+$/g, ''),
};

const LIST_METHODS: Methods<JavaValue[]> = {
  ...OBJECT_METHODS,
  add: (list, element) => list.push(element ?? null) > 0,
  contains: (list, element) => list.some((each) => javaEquals(each, element ?? null)),
  get: (list, index) => list[within(list, index)] ?? null,
  indexOf: (list, element) => list.findIndex((each) => javaEquals(each, element ?? null)),
  isEmpty: (list) => list.length === 0,
  size: (list) => list.length,
};

const MAP_METHODS: Methods<JavaMap> = {
  ...OBJECT_METHODS,
  containsKey: (map, key) => map.has(toJavaString(key ?? null)),
  containsValue: (map, value) => [...map.values()].some((each) => javaEquals(each, value ?? null)),
  entrySet: (map) => [...map].map(([key, value]) => new MapEntry(key, value)),
  get: (map, key) => map.get(toJavaString(key ?? null)) ?? null,
  isEmpty: (map) => map.size === 0,
  keySet: (map) => [...map.keys()],
  put: (map, key, value) => put(map, toJavaString(key ?? null), value ?? null),
  remove: (map, key) => remove(map, toJavaString(key ?? null)),
  size: (map) => map.size,
  values: (map) => [...map.values()],
};

class MapEntry implements HostObject {
  constructor(
    private readonly key: string,
    private readonly value: JavaValue,
  ) {}

  property(name: string): JavaValue {
    if (name === 'key') return this.key;
    if (name === 'value') return this.value;
    throw new UnsupportedLocally(`The property '${name}' of a map entry`);
  }

  call(method: string): JavaValue {
    if (method === 'getKey' || method === 'getValue') return this.property(method.slice(3).toLowerCase());
    throw new UnsupportedLocally(`The method '${method}' of a map entry`);
  }
}

/** Calls a Java method; on null there is nothing to call and the result is null, as in Velocity. */
export function callMethod(receiver: JavaValue, method: string, args: readonly JavaValue[]): JavaValue {
  if (receiver === null) return null;
  if (isHostObject(receiver)) return receiver.call(method, args);
  const [type, methods] = methodsOf(receiver);
  if (!Object.hasOwn(methods, method)) {
    throw new UnsupportedLocally(`The method '${method}' of a ${type} in a mapping template`);
  }
  return methods[method]!(receiver as never, ...args);
}

/** Reads `$value.name`: a map's entry, or of a string or list the getter `empty`; anything else is null. */
export function readProperty(receiver: JavaValue, name: string): JavaValue {
  if (receiver === null) return null;
  if (receiver instanceof Map) return receiver.get(name) ?? null;
  if (isHostObject(receiver)) return receiver.property(name);
  if (name === 'empty' && (typeof receiver === 'string' || Array.isArray(receiver)))
    return receiver.length === 0;
  if (name === 'class') throw new UnsupportedLocally(`Java reflection ('class') in a mapping template`);
  return null;
}

export function javaEquals(one: JavaValue, other: JavaValue): boolean {
  if (isNumber(one) && isNumber(other)) return Number(one) === Number(other);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => javaEquals(each, other[index] ?? null));
  }
  if (one instanceof Map && other instanceof Map) {
    return (
      one.size === other.size &&
      [...one].every(([key, value]) => other.has(key) && javaEquals(value, other.get(key)!))
    );
  }
  return one === other;
}

function methodsOf(receiver: JavaValue): [string, Methods<never>] {
  if (typeof receiver === 'string') return ['string', STRING_METHODS];
  if (Array.isArray(receiver)) return ['list', LIST_METHODS];
  if (receiver instanceof Map) return ['map', MAP_METHODS];
  return [isNumber(receiver) ? 'number' : 'boolean', OBJECT_METHODS];
}

function string(argument: JavaValue | undefined): string {
  if (typeof argument === 'string') return argument;
  throw new TemplateFailure(`A string was expected, not ${toJavaString(argument ?? null) || 'null'}`);
}

function within(sequence: { readonly length: number }, index: JavaValue | undefined): number {
  const position = Number(index ?? NaN);
  if (position >= 0 && position < sequence.length) return position;
  throw new TemplateFailure(`Index ${position} out of bounds for length ${sequence.length}`);
}

function substring(text: string, begin: number, end: number): string {
  if (begin >= 0 && begin <= end && end <= text.length) return text.slice(begin, end);
  throw new TemplateFailure(`begin ${begin}, end ${end}, length ${text.length}`);
}

function put(map: JavaMap, key: string, value: JavaValue): JavaValue {
  const previous = map.get(key) ?? null;
  map.set(key, value);
  return previous;
}

function remove(map: JavaMap, key: string): JavaValue {
  const previous = map.get(key) ?? null;
  map.delete(key);
  return previous;
}
