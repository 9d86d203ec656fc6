import { isDeepStrictEqual } from 'node:util';
import { UnsupportedLocally } from '../../local/aws/aws-service';
import { type Compared, type NamedDifference } from '../comparison';

export type Answer = { readonly output: string; readonly override?: unknown } | { readonly error: string };

/** What both sides made of a template with this body. */
export interface Rendered extends Compared {
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly body: string;
}

/** A difference that only a probe of the language may have: a template of the app must not depend on it. */
const ofProbes = (name: string, explains: (rendered: Rendered) => boolean): NamedDifference => ({
  name,
  explains: (compared) => compared.name.startsWith('probe ') && explains(compared as Rendered),
});

/** Whether both would be equal, had they printed this otherwise. */
function equalBut(
  { ours, theirs }: Rendered,
  change: { readonly ours?: (output: string) => string; readonly theirs?: (output: string) => string },
): boolean {
  const same = (output: string) => output;
  return isDeepStrictEqual(changed(ours, change.ours ?? same), changed(theirs, change.theirs ?? same));
}

const changed = (answer: Answer, change: (output: string) => string): Answer =>
  'output' in answer ? { ...answer, output: change(answer.output) } : answer;

const squeezed = (output: string) => output.replace(/\s+/g, '');

/** `$a`, `$a.b`, `$a.b('c').d`: a reference that Velocity printed as it stands in the template. */
const withoutReferences = (output: string) => output.replace(/\$\w+(\.\w+(\([^()]*\))?)*/g, '');

/**
 * What our output would be, had the body been read and printed by json-smart, in whose hands it is in the Java engines:
 * - half of a surrogate pair, which JSON can only write as an escape, is printed as it is, and the template escapes it;
 * - U+007F is dropped.
 */
const asJsonSmartPrints = (output: string) =>
  output
    .replace(/\\\\u(d[89a-f][\da-f]{2})/gi, (_, half: string) => `\\u${half.toUpperCase()}`)
    .replaceAll('\u007f', '');

/** Numbers by their value: json-smart prints a `double` as Java does, and -0 as 0. Whole numbers stay, however large. */
const withPlainNumbers = (output: string) =>
  output.replace(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g, (number, fraction?: string, exponent?: string) =>
    fraction || exponent || number === '-0' ? String(Number(number) + 0) : number,
  );

/** Where API Gateway's Velocity is documented otherwise, was seen otherwise, or nobody tells: see local/README.md. */
export const NAMED: readonly NamedDifference[] = [
  ofProbes(
    'What Velocity reads otherwise than it looks is refused by name when the template is deployed.',
    ({ ours }) => 'error' in ours && ours.error.startsWith(UnsupportedLocally.name),
  ),
  ofProbes('White space around `#set` and other directives is not kept as Velocity keeps it.', (rendered) =>
    equalBut(rendered, { ours: squeezed, theirs: squeezed }),
  ),
  ofProbes(
    'A reference that ends in null prints nothing here, and its own text in Velocity; no page says what API Gateway prints.',
    (rendered) => equalBut(rendered, { theirs: withoutReferences }),
  ),
  ofProbes(
    '`#set` with null on its right assigns null, as seen on API Gateway; Velocity 1.7 by its default leaves the variable as it was.',
    (rendered) => equalBut(rendered, { theirs: (output) => output.replace('[old]', '[]') }),
  ),
  ofProbes(
    'Null equals the empty string, as seen on API Gateway.',
    ({ name, ours, theirs }) =>
      /("" ==|!= \$null)/.test(name) &&
      isDeepStrictEqual(
        [ours, theirs].map((answer) => changed(answer, (output) => output.trim())),
        [
          { ...ours, output: 'y' },
          { ...theirs, output: 'n' },
        ],
      ),
  ),
  ofProbes(
    'An array of Java, and what `$util.parseJson` answers, print as lists and maps; how they print on API Gateway, no page says.',
    (rendered) =>
      equalBut(rendered, {
        ours: (output) => output.replace('[a, b, c]', '<array>').replace(/^\{a=(.*)\}$/, '{"a":$1}'),
        theirs: (output) => output.replace(/\[Ljava\.lang\.String;@[\da-f]+/, '<array>'),
      }),
  ),
  {
    name: 'A body of null is null here; Jayway JsonPath refuses to read it.',
    explains: (compared) => {
      const { body, ours, theirs } = compared as Rendered;
      const refusal = { error: 'IllegalArgumentException: json can not be null' };
      return body === 'null' && 'output' in ours && isDeepStrictEqual(theirs, refusal);
    },
  },
  {
    name: 'A number is printed as it was written; json-smart prints a fraction or a power as Java prints a `double`, and -0 as 0.',
    explains: (compared) =>
      equalBut(compared as Rendered, { ours: withPlainNumbers, theirs: withPlainNumbers }),
  },
  {
    name: 'Half of a surrogate pair stays an escape, and U+007F stays; json-smart prints the half and drops U+007F.',
    explains: (compared) => equalBut(compared as Rendered, { ours: asJsonSmartPrints }),
  },
];
