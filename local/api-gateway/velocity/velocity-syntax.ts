import { parse } from 'velocityjs';
import { UnsupportedLocally } from '../../aws/aws-service';

/** The syntax tree of velocityjs's parser, as far as API Gateway's templates use it. */
export type VelocityNode = string | VelocityBlock | SetNode | Reference | PlainNode;

/** A directive with a body: its head first. */
export type VelocityBlock = [BlockHead, ...VelocityNode[]];

export type BlockHead =
  | { readonly type: 'if'; readonly condition: Expression }
  | { readonly type: 'foreach'; readonly to: string; readonly from: Expression }
  | { readonly type: 'define'; readonly id: string };

export type PlainNode =
  | { readonly type: 'comment' | 'break' | 'else' }
  | { readonly type: 'elseif'; readonly condition: Expression }
  | { readonly type: 'raw'; readonly value: string };

export interface SetNode {
  readonly type: 'set';
  readonly equal: readonly [Reference, Expression];
}

export interface Reference {
  readonly type: 'references';
  readonly id: string;
  /** `$!` where nothing is to be printed for nothing. */
  readonly leader?: '$' | '$!';
  readonly path?: readonly PathStep[];
}

export type PathStep =
  | { readonly type: 'property'; readonly id: string }
  | { readonly type: 'index'; readonly id: Expression }
  | { readonly type: 'method'; readonly id: string; readonly args: readonly Expression[] | false };

export type Expression =
  | Reference
  | { readonly type: 'string'; readonly value: string; readonly isEval?: boolean }
  | { readonly type: 'integer' | 'decimal'; readonly value: string | number }
  | { readonly type: 'bool'; readonly value: 'true' | 'false' | 'null' }
  | { readonly type: 'array'; readonly isRange?: false; readonly value: readonly Expression[] }
  | {
      readonly type: 'array';
      readonly isRange: true;
      readonly value: readonly (string | number | Expression)[];
    }
  | { readonly type: 'map'; readonly value?: Readonly<Record<string, Expression>> }
  | { readonly type: 'math'; readonly operator: string; readonly expression: readonly Expression[] };

/** A character that no template has: it must come out of the parser exactly once, and last. */
const END_MARK = '\u0003';
const SUPPORTED = new Set([
  'references', 'set', 'comment', 'break', 'raw', 'if', 'elseif', 'else', 'foreach', 'define',
]); // prettier-ignore

/**
 * Parses a template.
 *
 * velocityjs drops the rest of a template after one `#end` too many, and repeats the rest after one too few; a mark at
 * the end shows both.
 *
 * @throws UnsupportedLocally for what is not Velocity, and for directives that API Gateway has but this run has not
 */
export function parseVelocity(template: string): readonly VelocityNode[] {
  const escaped = /\\[$#][!{]*[A-Za-z]\w*/.exec(template);
  if (escaped)
    throw new UnsupportedLocally(`The escaped reference or directive ${escaped[0]} in a mapping template`);
  // Velocity 1.7 does not parse it, and velocityjs does.
  const [lone] = /\$$|(?<!\])#$/.exec(template) ?? [];
  if (lone) throw new UnsupportedLocally(`A mapping template that ends in ${lone}`);
  let nodes: VelocityNode[];
  try {
    nodes = mergeText(parse(`${template}\n${END_MARK}`) as unknown as VelocityNode[]);
  } catch (error) {
    throw new UnsupportedLocally(`A mapping template that does not parse (${(error as Error).message})`);
  }
  const end = nodes.pop();
  if (typeof end !== 'string' || !end.endsWith(END_MARK) || containsEndMark(nodes)) {
    throw new UnsupportedLocally('A mapping template whose #if, #foreach or #define and #end do not pair up');
  }
  nodes.push(end.slice(0, -END_MARK.length).replace(/\n$/, ''));
  refuseUnsupported(nodes);
  return nodes;
}

function containsEndMark(nodes: readonly VelocityNode[]): boolean {
  return nodes.some((node) =>
    Array.isArray(node)
      ? containsEndMark(node as VelocityNode[])
      : typeof node === 'string' && node.includes(END_MARK),
  );
}

/** The parser cuts text at every `#`; put together again, an unknown directive is seen by its name. */
function mergeText(nodes: readonly VelocityNode[]): VelocityNode[] {
  const merged: VelocityNode[] = [];
  for (const node of nodes) {
    const last = merged.at(-1);
    if (typeof node === 'string' && typeof last === 'string') merged[merged.length - 1] = last + node;
    else if (Array.isArray(node)) merged.push(mergeText(node as VelocityNode[]) as VelocityBlock);
    else merged.push(node);
  }
  return merged;
}

function refuseUnsupported(nodes: readonly VelocityNode[]): void {
  for (const node of nodes) {
    if (typeof node === 'object' && 'condition' in node) refuseLiteralCondition(node.condition);
    if (!Array.isArray(node)) refuseEscapedQuotes(node);
    if (Array.isArray(node)) refuseUnsupported(node as VelocityNode[]);
    else if (typeof node === 'string') {
      const directive = /#(?:stop|\{[a-z]+\})/.exec(node);
      if (directive) throw new UnsupportedLocally(`The directive ${directive[0]} in a mapping template`);
    } else if (!SUPPORTED.has(node.type)) {
      const { type, id } = node as { type: string; id?: string };
      throw new UnsupportedLocally(
        `The directive #${type === 'macro_call' ? id : type} in a mapping template`,
      );
    }
  }
}

/** To Velocity 1.7 a literal is false, whatever it is, as a condition; to anybody who reads it, only some are. */
function refuseLiteralCondition(condition: Expression): void {
  if (condition.type === 'math') {
    if (['&&', '||', 'not', 'parenthesis'].includes(condition.operator))
      for (const operand of condition.expression) refuseLiteralCondition(operand);
  } else if (condition.type !== 'references' && condition.type !== 'bool') {
    throw new UnsupportedLocally(`A literal (${condition.type}) as a condition in a mapping template`);
  }
}

/** `"\\""` is a quote to velocityjs; Velocity 1.7 has no escapes in a string, and reads on to the next quote. */
function refuseEscapedQuotes(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, value, isEval } = node as { type?: string; value?: unknown; isEval?: boolean };
  if (type === 'string' && isEval && typeof value === 'string' && value.includes('"')) {
    throw new UnsupportedLocally(`An escaped quote in the string "${value}" of a mapping template`);
  }
  for (const inner of Object.values(node)) refuseEscapedQuotes(inner);
}
