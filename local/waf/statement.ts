import { UnsupportedLocally } from '../aws/aws-service';

/** What a statement looks at. */
export interface WebRequest {
  readonly method: string;
  /** As it was sent: with the stage, percent-encoded, without the query string. */
  readonly uriPath: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Address that the connection came from. */
  readonly sourceIp: string;
}

interface FieldToMatch {
  readonly Method?: object;
  readonly UriPath?: object;
  readonly SingleHeader?: { readonly Name: string };
}

interface Matching {
  readonly FieldToMatch: FieldToMatch;
  readonly TextTransformations: readonly { readonly Priority: number; readonly Type: string }[];
}

/** `AWS::WAFv2::WebACL.Statement`: the kinds of it that can be nested in a rate-based statement. */
export interface Statement {
  readonly ByteMatchStatement?: Matching & {
    readonly SearchString: string;
    readonly PositionalConstraint: string;
  };
  readonly RegexMatchStatement?: Matching & { readonly RegexString: string };
  readonly AndStatement?: { readonly Statements: readonly Statement[] };
  readonly OrStatement?: { readonly Statements: readonly Statement[] };
  readonly NotStatement?: { readonly Statement: Statement };
}

export type Predicate = (request: WebRequest) => boolean;

const POSITIONS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  EXACTLY: (text, part) => text === part,
  STARTS_WITH: (text, part) => text.startsWith(part),
  ENDS_WITH: (text, part) => text.endsWith(part),
  CONTAINS: (text, part) => text.includes(part),
};

/** "Using text transformations in AWS WAF" lists some twenty. */
const TRANSFORMATIONS: Readonly<Record<string, (text: string) => string>> = {
  NONE: (text) => text,
  LOWERCASE: (text) => text.toLowerCase(),
};

/** What AWS WAF takes at the most, in characters ("AWS WAF quotas", read November 2026). */
const MAX_REGEX = 512;

/** @throws UnsupportedLocally for a statement, field or transformation that is not played here */
export function predicateOf(statement: Statement): Predicate {
  const kinds = Object.keys(statement);
  const { ByteMatchStatement, RegexMatchStatement, AndStatement, OrStatement, NotStatement } = statement;
  if (kinds.length !== 1) throw new Error(`A WAF statement is of one kind, not of ${kinds.length}`);
  if (ByteMatchStatement) {
    const { SearchString, PositionalConstraint } = ByteMatchStatement;
    const holds = known(POSITIONS, PositionalConstraint, 'PositionalConstraint');
    const textOf = textFrom(ByteMatchStatement);
    return (request) => holds(textOf(request), SearchString);
  }
  if (RegexMatchStatement) {
    const { RegexString } = RegexMatchStatement;
    if (RegexString.length > MAX_REGEX) {
      throw new Error(`WAFLimitsExceededException: a RegexString of more than ${MAX_REGEX} characters`);
    }
    const regex = new RegExp(RegexString);
    const textOf = textFrom(RegexMatchStatement);
    return (request) => regex.test(textOf(request));
  }
  if (AndStatement) {
    const parts = severalOf(AndStatement);
    return (request) => parts.every((part) => part(request));
  }
  if (OrStatement) {
    const parts = severalOf(OrStatement);
    return (request) => parts.some((part) => part(request));
  }
  if (NotStatement) {
    const part = predicateOf(NotStatement.Statement);
    return (request) => !part(request);
  }
  throw new UnsupportedLocally(`${kinds[0]} of AWS::WAFv2::WebACL`);
}

/** "AndStatement", "OrStatement" (API reference): "You provide more than one Statement". */
function severalOf({ Statements }: { readonly Statements: readonly Statement[] }): Predicate[] {
  if (Statements.length < 2)
    throw new Error('WAFInvalidParameterException: AND and OR take two statements or more');
  return Statements.map(predicateOf);
}

function textFrom({ FieldToMatch, TextTransformations }: Matching): (request: WebRequest) => string {
  const read = fieldReader(FieldToMatch);
  const transformations = [...TextTransformations]
    .sort((one, other) => one.Priority - other.Priority)
    .map(({ Type }) => known(TRANSFORMATIONS, Type, 'TextTransformation'));
  return (request) => transformations.reduce((text, transform) => transform(text), read(request));
}

/** A header that is not there does not match: "Missing header" is no text that a template would look for. */
function fieldReader(field: FieldToMatch): (request: WebRequest) => string {
  const [kind] = Object.keys(field);
  switch (kind) {
    case 'Method':
      return ({ method }) => method;
    case 'UriPath':
      return ({ uriPath }) => uriPath;
    case 'SingleHeader': {
      const name = field.SingleHeader!.Name.toLowerCase();
      return ({ headers }) => headers[name] ?? '';
    }
    default:
      throw new UnsupportedLocally(`The FieldToMatch ${kind} of AWS::WAFv2::WebACL`);
  }
}

function known<Value>(values: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new UnsupportedLocally(`The ${what} ${name} of AWS::WAFv2::WebACL`);
  return value;
}
