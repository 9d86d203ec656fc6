import { UnsupportedLocally } from '../../aws/aws-service';
import { TemplateFailure } from './java-value';

/** What java.util.regex reads otherwise than JavaScript, or JavaScript would silently take for a plain letter. */
const JAVA_ONLY =
  /\\[aAeGhHQERXzZpP]|\[\^?(?:[^\]\\]|\\.)*(?:&&|\[)|\(\?[a-zA-Z-]*[^a-zA-Z:=!<-]|\(\?[a-zA-Z-]+\)/;
const LEADING_IGNORE_CASE = /^\(\?i\)/;

const patterns = new Map<string, RegExp>();

/**
 * Compiles a java.util.regex pattern, which JavaScript shares but for a few constructs that are refused by name.
 *
 * @param whole whether it must match the whole string
 */
function javaPattern(regex: string, flags: string, whole = false): RegExp {
  const key = `${flags}${whole}/${regex}`;
  let pattern = patterns.get(key);
  if (!pattern) patterns.set(key, (pattern = compile(regex, flags, whole)));
  return pattern;
}

function compile(regex: string, flags: string, whole: boolean): RegExp {
  const body = regex.replace(LEADING_IGNORE_CASE, '');
  const allFlags = body === regex ? flags : `${flags}i`;
  try {
    if (JAVA_ONLY.test(body)) throw new SyntaxError(body);
    // Java matches code points, as the u flag does; but Java alone lets any punctuation be escaped.
    const source = body.replace(/\\(.)/gs, (escape, character: string) =>
      /[\w\\^$.*+?()[\]{}|/]/.test(character) ? escape : `\\u{${character.codePointAt(0)!.toString(16)}}`,
    );
    return new RegExp(whole ? `^(?:${source})$` : source, `${allFlags}u`);
  } catch {
    throw new UnsupportedLocally(`The Java regular expression '${regex}'`);
  }
}

/** `String.matches`: the whole string, and `.` is not a line break. */
export function javaMatches(text: string, regex: string): boolean {
  return javaPattern(regex, '', true).test(text);
}

/** `String.replaceAll`: in the replacement `$1` is a group and `\` makes the next character plain. */
export function javaReplaceAll(text: string, regex: string, replacement: string): string {
  return text.replace(javaPattern(regex, 'g'), (...match: (string | number | undefined)[]) =>
    javaReplacement(replacement, match),
  );
}

export function javaReplaceFirst(text: string, regex: string, replacement: string): string {
  return text.replace(javaPattern(regex, ''), (...match: (string | number | undefined)[]) =>
    javaReplacement(replacement, match),
  );
}

/** `String.split`: trailing empty strings are dropped, and so is a leading one that an empty match would make. */
export function javaSplit(text: string, regex: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(javaPattern(regex, 'g'))) {
    const end = match.index + match[0].length;
    if (end === 0 || (match[0] === '' && match.index === text.length)) continue;
    parts.push(text.slice(start, match.index));
    start = end;
  }
  if (start === 0) return [text];
  parts.push(text.slice(start));
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

function javaReplacement(replacement: string, match: readonly (string | number | undefined)[]): string {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(replacement)) {
    throw new TemplateFailure('character to be escaped is missing');
  }
  return replacement.replace(/\\(.)|\$(\d)|\$/gs, (_token, escaped?: string, group?: string) => {
    if (escaped !== undefined) return escaped;
    // The arguments of a replacer are the match, its groups, the offset (a number) and the text.
    const groups = match.findIndex((argument) => typeof argument === 'number');
    if (group === undefined) throw new TemplateFailure('Illegal group reference');
    if (Number(group) >= groups) throw new TemplateFailure(`No group ${group}`);
    return String(match[Number(group)] ?? '');
  });
}
