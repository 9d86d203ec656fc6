import { UnsupportedLocally } from '../aws/aws-service';
import { toJavaString } from './velocity/java-string';
import { type HostObject, type JavaValue, TemplateFailure } from './velocity/java-value';
import { parseJsonText } from './velocity/json-text';

const FUNCTIONS: Readonly<Record<string, (value: JavaValue) => JavaValue>> = {
  escapeJavaScript: (value) => (value === null ? null : escapeJavaScript(toJavaString(value))),
  parseJson: (value) => parseJson(toJavaString(value)),
  urlEncode: (value) => urlEncode(toJavaString(value)),
  urlDecode: (value) => urlDecode(toJavaString(value)),
  base64Encode: (value) => Buffer.from(toJavaString(value)).toString('base64'),
  base64Decode: (value) => Buffer.from(toJavaString(value), 'base64').toString(),
};

/** `$util` of a mapping template. */
export class TemplateUtil implements HostObject {
  property(name: string): never {
    throw new UnsupportedLocally(`$util.${name} in a mapping template`);
  }

  call(method: string, [value = null]: readonly JavaValue[]): JavaValue {
    if (!Object.hasOwn(FUNCTIONS, method)) this.property(method);
    return FUNCTIONS[method]!(value);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
};

/**
 * commons-lang's `StringEscapeUtils.escapeJavaScript`. The single quote becomes `\'`, which JSON does not allow: a
 * template that puts the result into JSON must turn it back with `.replaceAll("\\'","'")`.
 */
export function escapeJavaScript(text: string): string {
  // Each UTF-16 unit beyond ASCII on its own, as Java does: a lone surrogate survives, too.
  return text.replace(
    /[\0-\x1f'"\\/]|[^\0-\x7f]/g,
    (character) => ESCAPES[character] ?? unicodeEscape(character),
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** java.net.URLEncoder: a space is `+`, and only letters, digits and `.-*_` stay. */
function urlEncode(text: string): string {
  // Java encodes half a surrogate pair as a question mark, where encodeURIComponent throws.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '?'))
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new TemplateFailure(`$util.urlDecode: '${text}' is not URL-encoded`);
  }
}

function parseJson(text: string): JavaValue {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new TemplateFailure(`$util.parseJson: ${(error as Error).message}`);
  }
}
