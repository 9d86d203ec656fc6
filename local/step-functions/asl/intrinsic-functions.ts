import { createHash, randomInt, randomUUID } from 'node:crypto';
import { isEqual, isObject, type Json } from './json';

export interface IntrinsicFunction {
  /** How few and how many arguments it takes. */
  readonly arguments: readonly [least: number, most: number];
  /** @throws Error saying what is wrong with the arguments */
  readonly apply: (...values: Json[]) => Json;
}

/** Characters that `States.Hash`, `Base64Encode` and `Base64Decode` take. */
const LONGEST_TEXT = 10_000;
const LONGEST_RANGE = 1_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** "Intrinsic functions for JSONPath states in Step Functions" (read November 2026), without their prefix `States.` */
export const INTRINSIC_FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Array: { arguments: [0, Infinity], apply: (...values) => values },
  ArrayPartition: {
    arguments: [2, 2],
    apply(array, size) {
      const items = arrayOf(array);
      const length = whole(size);
      if (length < 1) throw new Error(`a chunk size of ${length}`);
      const chunks = Math.ceil(items.length / length);
      return Array.from({ length: chunks }, (_, chunk) => items.slice(chunk * length, (chunk + 1) * length));
    },
  },
  ArrayContains: {
    arguments: [2, 2],
    apply: (array, looked) => arrayOf(array).some((item) => isEqual(item, looked)),
  },
  ArrayRange: {
    arguments: [3, 3],
    apply: (first, last, step) => range(whole(first), whole(last), whole(step)),
  },
  ArrayGetItem: {
    arguments: [2, 2],
    apply(array, index) {
      const item = arrayOf(array)[whole(index)];
      if (item === undefined) throw new Error(`the index ${whole(index)} is out of bounds`);
      return item;
    },
  },
  ArrayLength: { arguments: [1, 1], apply: (array) => arrayOf(array).length },
  ArrayUnique: {
    arguments: [1, 1],
    apply: (array) =>
      arrayOf(array).filter((item, index, all) => all.findIndex((other) => isEqual(item, other)) === index),
  },
  Base64Encode: {
    arguments: [1, 1],
    apply: (text) => Buffer.from(shortText(text)).toString('base64'),
  },
  Base64Decode: {
    arguments: [1, 1],
    apply(text) {
      const bytes = Buffer.from(shortText(text), 'base64');
      if (bytes.toString('base64').replace(/=+$/, '') !== shortText(text).replace(/=+$/, '')) {
        throw new Error('the text is not Base64');
      }
      return bytes.toString();
    },
  },
  Hash: {
    arguments: [2, 2],
    apply(text, algorithm) {
      const hash = HASHES[textOnly(algorithm)];
      if (!hash) throw new Error(`there is no algorithm ${textOnly(algorithm)}`);
      return createHash(hash).update(shortText(text)).digest('hex');
    },
  },
  JsonMerge: {
    arguments: [3, 3],
    apply(one, other, deep) {
      if (!isObject(one) || !isObject(other)) throw new Error('only objects can be merged');
      if (deep !== false) throw new Error('the third argument must be false: there is no deep merge');
      return { ...one, ...other };
    },
  },
  StringToJson: { arguments: [1, 1], apply: (text) => JSON.parse(textOnly(text)) as Json },
  JsonToString: { arguments: [1, 1], apply: (value) => JSON.stringify(value) },
  MathRandom: {
    arguments: [2, 3],
    apply(start, end, seed) {
      const [from, to] = [whole(start), whole(end)];
      if (from >= to) throw new Error(`there is no number from ${from} to before ${to}`);
      return seed === undefined ? randomInt(from, to) : from + Math.floor(seeded(whole(seed)) * (to - from));
    },
  },
  MathAdd: {
    arguments: [2, 2],
    apply(one, other) {
      const sum = whole(one) + whole(other);
      if (sum !== (sum | 0)) throw new Error(`${sum} is no whole number of 32 bits`);
      return sum;
    },
  },
  StringSplit: {
    arguments: [2, 2],
    apply(text, delimiters) {
      const parts: string[] = [''];
      for (const character of textOnly(text)) {
        if (textOnly(delimiters).includes(character)) parts.push('');
        else parts[parts.length - 1] += character;
      }
      return parts.filter((part) => part !== '');
    },
  },
  UUID: { arguments: [0, 0], apply: () => randomUUID() },
  Format: {
    arguments: [1, Infinity],
    apply: (template, ...values) => format(textOnly(template).replace(/\\/g, '\\\\'), values),
  },
};

/** Fills each `{}` of the template. A backslash in it takes its meaning from the character behind. */
export function format(template: string, values: readonly Json[]): string {
  let used = 0;
  const text = template.replace(/\\(.)|\{\}/gs, (_, escaped: string | undefined) =>
    escaped === undefined ? printed(values[used++]) : escaped,
  );
  if (used !== values.length) throw new Error(`${values.length} values for ${used} {}`);
  return text;
}

/** As Java prints maps and lists: `{a=1, b=[x, y]}`. */
function printed(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? '';
  return `{${Object.entries(value)
    .map(([name, each]) => `${name}=${printed(each)}`)
    .join(', ')}}`;
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new Error('a range cannot go by steps of 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > LONGEST_RANGE) throw new Error(`a range has at most ${LONGEST_RANGE} numbers`);
  return Array.from({ length }, (_, index) => first + index * step);
}

/** The same number for the same seed: mulberry32. AWS does not tell which generator it has. */
function seeded(seed: number): number {
  let mixed = (seed + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

function arrayOf(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${JSON.stringify(value)} is no array`);
}

/** Numbers are rounded to whole ones. */
function whole(value: Json | undefined): number {
  if (typeof value === 'number') return Math.round(value);
  throw new Error(`${JSON.stringify(value)} is no number`);
}

function textOnly(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new Error(`${JSON.stringify(value)} is no text`);
}

function shortText(value: Json | undefined): string {
  const text = textOnly(value);
  if (text.length > LONGEST_TEXT) throw new Error(`the text has more than ${LONGEST_TEXT} characters`);
  return text;
}
