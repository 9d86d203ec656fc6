import { isDeepStrictEqual } from 'node:util';
import { type Compared, type NamedDifference } from '../comparison';
import { type Told, type ToldExecution, type ToldOperation } from './history';

/** Ends the name of the case that has the attempts of an execution's steps. */
export const ATTEMPTS = 'attempts';

type Part = ToldOperation | ToldExecution | Told['attempts'] | undefined;

/** One operation of an execution, the execution itself, or its attempts, in both engines. */
export interface PlayedPart extends Compared {
  readonly ours: Part;
  readonly theirs: Part;
}

const named = (name: string, explains: (part: PlayedPart) => boolean): NamedDifference => ({
  name,
  explains: (compared) => explains(compared as PlayedPart),
});

/** The value without these members, at any depth. */
function without(value: unknown, ...names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, ...names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.includes(name))
      .map(([name, each]) => [name, without(each, ...names)]),
  );
}

/** Equal but for these members. */
const equalBut =
  (...names: readonly string[]) =>
  ({ ours, theirs }: PlayedPart) =>
    isDeepStrictEqual(without(ours, ...names), without(theirs, ...names));

/** Of an execution, not of its operations. */
const ofExecution =
  (explains: (ours: ToldExecution, theirs: ToldExecution, part: PlayedPart) => boolean) =>
  (part: PlayedPart): boolean =>
    isExecution(part.ours) && isExecution(part.theirs) && explains(part.ours, part.theirs, part);

const isExecution = (part: Part): part is ToldExecution => part !== undefined && 'invocations' in part;

/** `theirs` without what it leaves out of these members: an engine that tells less, and nothing else. */
function tellsLess(theirs: unknown, ours: unknown, names: readonly string[]): boolean {
  if (Array.isArray(ours) && Array.isArray(theirs))
    return (
      ours.length === theirs.length && ours.every((each, index) => tellsLess(theirs[index], each, names))
    );
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null)
    return isDeepStrictEqual(ours, theirs);
  const [one, other] = [Object.entries(ours), theirs as Readonly<Record<string, unknown>>];
  return (
    Object.keys(theirs).every((name) => name in ours) &&
    one.every(([name, each]) => (name in other ? tellsLess(other[name], each, names) : names.includes(name)))
  );
}

const QUOTA = /exceeds 3000 operations|payload size must be less than or equal to/;

/** Where the local run and AWS's testing tools differ, and why the local run stays as it is. */
export const NAMED: readonly NamedDifference[] = [
  named(
    'The end of a step tells its attempt here, counted from 1 (`RetryDetails`, which the API’s model requires); the tools leave it out, or count otherwise.',
    ({ name, ours }) =>
      name.endsWith(`: ${ATTEMPTS}`) &&
      Object.values(ours as Told['attempts']).every((counted) =>
        counted.every((attempt, index) => attempt === index + 1),
      ),
  ),
  named(
    'An invocation whose process died is an event here, as one that threw is in the JavaScript tool; the Python tool has none of it.',
    ofExecution((ours, theirs) => {
      const invocations = ours.invocations.filter((each) => !('Error' in each));
      return isDeepStrictEqual({ ...ours, invocations }, theirs);
    }),
  ),
  named(
    'A skipped wait is over before the function says that it waits: the tools then need an invocation less.',
    ofExecution(
      (ours, theirs, part) =>
        ours.invocations.length > theirs.invocations.length && equalBut('invocations')(part),
    ),
  ),
  named(
    'The error with which a function ends its execution is that of the execution here; in the JavaScript tool it is its last invocation’s, too.',
    ofExecution((ours, theirs) =>
      isDeepStrictEqual(ours, { ...theirs, invocations: theirs.invocations.map(() => ({})) }),
    ),
  ),
  named(
    'The Python tool leaves out what a condition has seen, how long a callback waits, and what a call that fails was given.',
    ({ ours, theirs }) => tellsLess(theirs, ours, ['Result', 'Timeout', 'HeartbeatTimeout', 'Input']),
  ),
  named(
    'The JavaScript tool tells neither which function was called nor with what.',
    (part) =>
      JSON.stringify(part.theirs ?? '').includes('"FunctionName":""') &&
      equalBut('FunctionName', 'Input')(part),
  ),
  named(
    '3,000 operations, and a payload of a mebibyte, are the most here, as Lambda’s quotas say; the tools take more.',
    ofExecution(
      (ours, theirs) => QUOTA.test(JSON.stringify(ours.error ?? '')) && theirs.status === 'SUCCEEDED',
    ),
  ),
  named(
    'A durable function that is named without a version is refused here, as AWS documents; the Python tool calls it.',
    ({ ours, theirs }) =>
      JSON.stringify(ours ?? '').includes('using an unqualified ARN') &&
      !JSON.stringify(theirs ?? '').includes('unqualified'),
  ),
  named(
    'The Python tool ends the refusal of a function that is not there with a full stop.',
    ({ ours, theirs }) => {
      const text = JSON.stringify(theirs ?? null);
      const plain = JSON.parse(text.replaceAll('not found: Nobody.', 'not found: Nobody')) as unknown;
      return (
        text.includes('not found: Nobody.') &&
        tellsLess(without(plain, 'invocations'), without(ours, 'invocations'), ['Input'])
      );
    },
  ),
];
