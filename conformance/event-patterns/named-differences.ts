import { type Compared, type NamedDifference } from '../comparison';

/** Of each event, whether it matches. */
export type Answer = { readonly matches: readonly boolean[] } | { readonly error: string };

/** What both sides made of a pattern. */
export interface Matched extends Compared {
  readonly pattern: string;
  readonly events: readonly object[];
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** A pattern that Event Ruler lets more events match, each of which is such a one. */
const takesMore =
  (pattern: RegExp, event: RegExp): NamedDifference['explains'] =>
  (compared) => {
    const { pattern: asked, events, ours, theirs } = compared as Matched;
    if (!pattern.test(asked) || 'error' in ours || 'error' in theirs) return false;
    return events.every(
      (each, index) =>
        ours.matches[index] === theirs.matches[index] ||
        (theirs.matches[index] === true && event.test(JSON.stringify(each))),
    );
  };

export const NAMED: readonly NamedDifference[] = [
  {
    name: '`$or` with something else than objects is refused by its words; to Event Ruler it is a field of that name. What EventBridge does, no page says.',
    explains: (compared) => {
      const { error = '' } = (compared as Matched).ours as { readonly error?: string };
      return /an Array followed with \$or|Only JSON object is allowed in array of \$or/.test(error);
    },
  },
  {
    name: 'A number is no address; to Event Ruler it is in the block of all of them, as it writes both as hexadecimal digits.',
    explains: takesMore(/"cidr":"[^"]*\/0"/, /[:[,]-?\d/),
  },
  {
    name: 'The empty text begins with no quotation mark; ignoring case, to Event Ruler it does, as it keeps texts in such marks.',
    explains: takesMore(/"(prefix|suffix)":\{"equals-ignore-case":"\\""\}/, /[:[,]""/),
  },
];
