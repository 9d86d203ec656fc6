import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const PROJECT = join(__dirname, '..', '..');

/** A guard in the source, named by its place in the syntax tree, and how it is taken out. */
export interface Guard {
  /** Path in the repository. */
  readonly file: string;
  /** The function, method or constant that holds it, from the outside in: `SeatRepository.hold`. */
  readonly within: string;
  /** Made one after the other, each in what the one before has left. */
  readonly edits: readonly Edit[];
}

/** Says what to write in place of what. */
type Edit = (scope: Scope) => Replacement;

interface Scope {
  readonly node: ts.Node;
  /** File and declaration, for an error. */
  readonly name: string;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** The guard is not where it is said to be: it has moved, or it is gone. */
export class GuardNotFound extends Error {
  override readonly name = 'GuardNotFound';

  constructor(what: string, where: string, found: number) {
    super(`The guard is not found: ${where} has ${found === 0 ? 'no' : `${found} times the`} ${what}`);
  }
}

/**
 * The source without the guard. The file on disk stays as it is.
 *
 * @param source @default the guard's file
 * @throws GuardNotFound where there is not exactly one such place
 */
export function withoutGuard(
  { file, within, edits }: Guard,
  source = readFileSync(join(PROJECT, file), 'utf8'),
): string {
  let text = source;
  for (const edit of edits) {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const { start, end, by } = edit({ node: declarationIn(tree, within), name: `${file}, ${within},` });
    text = text.slice(0, start) + by + text.slice(end);
  }
  return text;
}

/** An expression that is true of every item. The guard's own names and values stay: DynamoDB refuses what is not used. */
const ALWAYS = '(attribute_exists(purchaseId) OR attribute_not_exists(purchaseId))';
const NEVER = '(attribute_exists(purchaseId) AND attribute_not_exists(purchaseId))';

/** A condition of DynamoDB's, or the named part of it, counts as met. */
export function conditionMet(part?: string): Edit {
  return conditionEdit(part, 'OR', ALWAYS);
}

/** A condition of DynamoDB's, or the named part of it, counts as failed. */
export function conditionFailed(part?: string): Edit {
  return conditionEdit(part, 'AND', NEVER);
}

function conditionEdit(part: string | undefined, operator: 'OR' | 'AND', other: string): Edit {
  return (scope) => {
    const condition = initializerOf(propertyIn(scope, 'ConditionExpression'));
    if (part === undefined) {
      return replacing(condition, `'(' + (${condition.getText()}) + ') ${operator} ${other}'`);
    }
    // A condition may be put together from several texts: the part lies in one of them.
    const texts = nodesIn(condition, ts.isStringLiteralLike).flatMap((node) => {
      const place = placeOf(part, node.text);
      return place ? [{ node, ...place }] : [];
    });
    const { node, start, end } = only(texts, `condition “${part}”`, scope);
    const { text } = node;
    const changed = `${text.slice(0, start)}(${text.slice(start, end)} ${operator} ${other})${text.slice(end)}`;
    return replacing(node, JSON.stringify(changed));
  };
}

/** An expression, told by its syntax tree, has this value. */
export function expressionIs(expression: string, value: string): Edit {
  const wanted = shapeOf(parsedExpression(expression));
  return (scope) => {
    const found = nodesIn(scope.node, ts.isExpression).filter((node) => shapeOf(node) === wanted);
    return replacing(only(found, `expression “${expression}”`, scope), value);
  };
}

/** A call is not made: this stands in place of its result. */
export function callGives(callee: string, result: string): Edit {
  return (scope) => replacing(callIn(scope, callee), result);
}

/** A property of an object has this value. */
export function propertyIs(name: string, value: string): Edit {
  return (scope) => replacing(propertyIn(scope, name), `${name}: ${value}`);
}

/** A property of an object is left out. */
export function propertyLeftOut(name: string): Edit {
  return (scope) => replacing(propertyIn(scope, name), '...{}');
}

function replacing(node: ts.Node, by: string): Replacement {
  return { start: node.getStart(), end: node.getEnd(), by };
}

/** The declaration of this name, one name within the other. */
function declarationIn(source: ts.SourceFile, path: string): ts.Node {
  let node: ts.Node = source;
  for (const name of path.split('.')) {
    const named = nodesIn(node, isDeclaration).filter((each) => each.name?.getText() === name);
    node = only(named, `declaration of ${name}`, { node, name: source.fileName });
  }
  return node;
}

type Declaration =
  ts.ClassDeclaration | ts.FunctionDeclaration | ts.MethodDeclaration | ts.VariableDeclaration;

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isVariableDeclaration(node)
  );
}

function callIn(scope: Scope, callee: string): ts.CallExpression {
  const calls = nodesIn(scope.node, ts.isCallExpression).filter(
    ({ expression }) => expression.getText() === callee,
  );
  return only(calls, `call of ${callee}`, scope);
}

type Property = ts.PropertyAssignment | ts.ShorthandPropertyAssignment;

function propertyIn(scope: Scope, name: string): Property {
  const isProperty = (node: ts.Node): node is Property =>
    ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);
  const named = nodesIn(scope.node, isProperty).filter((each) => each.name.getText() === name);
  return only(named, `property ${name}`, scope);
}

function initializerOf(property: Property): ts.Expression {
  return ts.isPropertyAssignment(property) ? property.initializer : property.name;
}

function nodesIn<Node extends ts.Node>(node: ts.Node, is: (node: ts.Node) => node is Node): Node[] {
  const found: Node[] = [];
  const visit = (each: ts.Node): void => {
    if (is(each)) found.push(each);
    each.forEachChild(visit);
  };
  visit(node);
  return found;
}

function only<Found>(found: readonly Found[], what: string, { name }: Scope): Found {
  if (found.length === 1) return found[0]!;
  throw new GuardNotFound(what, name, found.length);
}

/** The same for two nodes that differ in nothing but white space, comments and quotes. */
function shapeOf(node: ts.Node): string {
  const children: string[] = [];
  node.forEachChild((child) => void children.push(shapeOf(child)));
  if (ts.isIdentifier(node) || ts.isLiteralExpression(node)) children.push(node.text);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    children.push(`${node.operator}`);
  return `${node.kind}(${children.join()})`;
}

function parsedExpression(text: string): ts.Expression {
  const source = ts.createSourceFile('expression.ts', `(${text})`, ts.ScriptTarget.Latest, true);
  const [statement] = source.statements as unknown as [ts.ExpressionStatement];
  return (statement.expression as ts.ParenthesizedExpression).expression;
}

/** Where a part of DynamoDB's condition is, told by its words: names, placeholders, operators and brackets. */
function placeOf(part: string, condition: string): { start: number; end: number } | undefined {
  const words = (text: string) => [...text.matchAll(/[#:]?[\w.#]+|<=|>=|<>|[=<>(),]/g)];
  const wanted = words(part);
  const all = words(condition);
  const at = all.findIndex((_, first) => wanted.every(([word], offset) => all[first + offset]?.[0] === word));
  if (at < 0) return undefined;
  const last = all[at + wanted.length - 1]!;
  return { start: all[at]!.index, end: last.index + last[0].length };
}
