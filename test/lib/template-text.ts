import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs?: object;
}

/** A string beyond this is there by its beginning and its hash: nobody reads the API's whole document in a diff. */
const LONGEST = 1_500;

/** What differs between two syntheses of the same: hashes of code, and what is named after them. */
const HASHES: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{64}\.zip/g, '<asset>.zip'],
  // A version's id is a hash of the function.
  [/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>'],
  // The deployment's id is a hash of the API, and of the functions behind it.
  [/(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>'],
];

/**
 * A template for the eye: in few lines, references as CloudFormation's `Sub` writes them, JSON in a text (state machines) as what
 * it says, statements of policies and metrics in a line. Exports that the CDK makes are left out: who imports them names them.
 */
export function readable(template: object): Template {
  const masked = HASHES.reduce(
    (text, [pattern, mask]) => text.replaceAll(pattern, mask),
    JSON.stringify(template),
  );
  return readableJson(JSON.parse(masked) as Json) as unknown as Template;
}

export function textOf(value: unknown): string {
  const whole = { depth: Infinity, maxArrayLength: null, maxStringLength: null };
  return inspect(value, { ...whole, breakLength: 130, compact: 6, sorted: true });
}

function onOneLine(value: Json | undefined): string {
  return value === undefined ? 'nothing' : textOf(value).replaceAll(/\n */g, ' ');
}

/**
 * What another stage has otherwise than the whole one. Resources of a type that all differ in the same way are told once.
 *
 * @returns by stack: ids that only one of the two has, and values as `whole → other`
 */
export function differences(whole: Template, other: Template): object {
  const ids = [...new Set([...Object.keys(whole.Resources), ...Object.keys(other.Resources)])].sort();
  const only = (has: Template, lacks: Template) =>
    ids.filter((id) => has.Resources[id] && !lacks.Resources[id]);
  const changed = new Map<string, string[]>();
  for (const id of ids.filter((each) => whole.Resources[each] && other.Resources[each])) {
    const { Type } = whole.Resources[id]!;
    for (const difference of changeLines(whole.Resources[id], other.Resources[id], Type)) {
      changed.set(difference, [...(changed.get(difference) ?? []), id]);
    }
  }
  return {
    missing: only(whole, other),
    added: Object.fromEntries(only(other, whole).map((id) => [id, other.Resources[id]])),
    changed: Object.fromEntries(changed),
    outputs: changeLines((whole.Outputs ?? {}) as never, (other.Outputs ?? {}) as never, 'Outputs'),
  };
}

/**
 * A template in which a resource that is like another of its type is told as what it has otherwise. Nothing is left out, and what
 * changes in all of a kind (each function, each route's 405) shows once.
 */
export function withLikenesses({ Resources, ...others }: Template): object {
  const models: [string, JsonObject][] = [];
  const told = Object.entries(Resources as never as Record<string, JsonObject>)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, resource]) => {
      const likenesses = models
        .filter(([, model]) => model.Type === resource.Type)
        .map(([like, model]) => ({ like, ...otherwise(model, resource) }))
        .sort((one, other) => linesOf(one) - linesOf(other));
      const [closest] = likenesses;
      if (closest && linesOf(closest) < linesOf(resource) / 2) return [id, closest];
      models.push([id, resource]);
      return [id, resource];
    });
  return { ...others, Resources: Object.fromEntries(told) as object };
}

const linesOf = (value: object): number => textOf(value).split('\n').length;

function otherwise(model: JsonObject, resource: JsonObject): object {
  const differences = differencesOf(model, resource, '');
  return Object.fromEntries(differences.map(({ path, other }) => [path.slice(1), other ?? 'nothing']));
}

function changeLines(whole: Json | undefined, other: Json | undefined, at: string): string[] {
  return differencesOf(whole, other, at).map(
    ({ path, ...values }) => `${path}: ${onOneLine(values.whole)} → ${onOneLine(values.other)}`,
  );
}

interface Difference {
  readonly path: string;
  readonly whole: Json | undefined;
  readonly other: Json | undefined;
}

/** Each value that is not the same, with its path; of an object that only one has, or of a list that is longer, the whole. */
function differencesOf(whole: Json | undefined, other: Json | undefined, path: string): Difference[] {
  if (JSON.stringify(whole) === JSON.stringify(other)) return [];
  if (isObject(whole) && isObject(other)) {
    return [...new Set([...Object.keys(whole), ...Object.keys(other)])]
      .sort()
      .flatMap((key) => differencesOf(whole[key], other[key], `${path}.${key}`));
  }
  if (Array.isArray(whole) && Array.isArray(other) && whole.length === other.length) {
    return whole.flatMap((each: Json, index) =>
      differencesOf(each, other[index] as Json, `${path}[${index}]`),
    );
  }
  return [{ path, whole, other }];
}

function readableJson(value: Json): Json {
  if (typeof value === 'string') return readableText(value);
  if (Array.isArray(value)) return value.map((each: Json) => readableJson(each));
  if (!isObject(value)) return value;
  const reference = referringText(value);
  if (reference !== undefined) return readableText(reference);
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('ExportsOutput'));
  const readableObject = Object.fromEntries(
    entries.map(([key, each]) => [key, key === 'metrics' ? widgetLines(each) : readableJson(each)]),
  );
  return (
    statementLine(readableObject) ?? metricLine(readableObject) ?? queryLine(readableObject) ?? readableObject
  );
}

/** What a reference, or a text joined with some, says as one text, references in the braces of `Sub`. */
function referringText(value: JsonObject): string | undefined {
  const entries = Object.entries(value);
  const [[name, argument] = ['', '']] = entries;
  if (entries.length !== 1) return undefined;
  if (['Ref', 'Fn::GetAtt', 'Fn::ImportValue'].includes(name)) return `\${${named(value)}}`;
  if (name !== 'Fn::Join') return undefined;
  const [separator, parts] = argument as readonly [string, readonly Json[]];
  if (separator !== '' || !Array.isArray(parts)) return undefined;
  return parts.map((part: Json) => (typeof part === 'string' ? part : `\${${named(part)}}`)).join('');
}

/** `{ Ref: 'Table' }` → `Table`, `{ 'Fn::GetAtt': ['Table', 'Arn'] }` → `Table.Arn`, an import → `Data:Table`. */
function named(intrinsic: Json): string {
  const [[name, argument] = ['', '']] = Object.entries(intrinsic as JsonObject);
  const text = [argument]
    .flat()
    .map((each) => (isObject(each) ? `{${named(each)}}` : JSON.stringify(each).replaceAll('"', '')))
    .join('.');
  if (name === 'Fn::ImportValue')
    return text.replace(/^EventPro-<stage>-(\w+):ExportsOutput(?:Ref|FnGetAtt)/, '$1:');
  return name === 'Ref' || name === 'Fn::GetAtt' ? text : `${name} ${text}`;
}

/** `Allow dynamodb:GetItem, dynamodb:Query on ${Table.Arn}` */
function statementLine(value: JsonObject): string | undefined {
  const { Effect, Action, Resource, Principal, Condition, ...others } = value;
  if (typeof Effect !== 'string' || Action === undefined || Object.keys(others).length > 0) return undefined;
  return [
    `${Effect} ${listed(Action)}`,
    ...(Resource === undefined ? [] : [`on ${listed(Resource)}`]),
    ...(Principal === undefined ? [] : [`to ${onOneLine(Principal)}`]),
    ...(Condition === undefined ? [] : [`if ${onOneLine(Condition)}`]),
  ].join(' ');
}

function listed(value: Json, separator = ', '): string {
  return [value]
    .flat()
    .map((each) => (typeof each === 'string' ? each : onOneLine(each)))
    .join(separator);
}

/** A metric of an alarm: `Sum of 300 s of AWS/Lambda Errors FunctionName ${Audit}` */
function metricLine(value: JsonObject): string | undefined {
  const { Metric, Period = null, Stat = null, ...others } = value;
  if (!isObject(Metric) || Object.keys(others).length > 0) return undefined;
  const { Namespace = null, MetricName = null, Dimensions = [], ...more } = Metric;
  if (!Array.isArray(Dimensions) || Object.keys(more).length > 0) return undefined;
  const dimensions = Dimensions.flatMap((each: Json) => Object.values(each as JsonObject));
  return `${listed(Stat)} of ${listed(Period)} s of ${listed([Namespace, MetricName, ...dimensions], ' ')}`;
}

/** Metrics of a dashboard's widget, a line each. */
function widgetLines(metrics: Json): Json {
  return Array.isArray(metrics) ? metrics.map((metric: Json) => listed(readableJson(metric), ' ')) : metrics;
}

/** `m1: Sum of 300 s of …`; what decides has an arrow. */
function queryLine(value: JsonObject): string | undefined {
  const { Id, MetricStat, Expression, Label, ReturnData, ...others } = value;
  const what = MetricStat ?? Expression;
  if (typeof Id !== 'string' || typeof what !== 'string' || Object.keys(others).length > 0) return undefined;
  return `${ReturnData === false ? '' : '→ '}${Id}: ${what}${Label === undefined ? '' : ` (${listed(Label)})`}`;
}

function readableText(text: string): Json {
  if (/^\s*[[{]/.test(text)) {
    try {
      return readableJson(JSON.parse(text) as Json);
    } catch {
      // Not JSON: a mapping template.
    }
  }
  return text.split('\n').map(shortened).join('\n');
}

function shortened(line: string): string {
  if (line.length <= LONGEST) return line;
  const hash = createHash('sha256').update(line).digest('hex').slice(0, 16);
  return `${line.slice(0, 200)}… (${line.length} characters, ${hash})`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
