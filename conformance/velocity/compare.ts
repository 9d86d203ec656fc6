import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';
import { type JavaMap, type JavaValue } from '../../local/api-gateway/velocity/java-value';
import { type App, type AppTemplate, synthesizedApp } from '../app';
import { type Comparison } from '../comparison';
import { playInJava, velocityEngine, type VelocityVersion } from '../java-engines';
import { type Answer, NAMED, type Rendered } from './named-differences';
import { PROBE_BODY, PROBES } from './probes';

interface TemplateCase {
  readonly name: string;
  readonly template: string;
  readonly body: string;
  readonly key: string;
}

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';

/** Texts that mean something to Velocity, to JSON, to Java or to JavaScript. */
const NASTY = [
  ...[
    "it's",
    '"',
    '\\"',
    "\\'",
    '\\',
    '\\\\',
    '$',
    '$foo',
    '$!{foo.bar()}',
    '${',
    '#if(true)',
    '#end',
    '#set($a=1)',
  ],
  ...[
    '## none',
    '#* x *#',
    '#[[x]]#',
    '</script>',
    '/',
    '\u2028',
    '\u0000',
    '\u001f',
    '\u007f',
    '\u0085',
    '😀',
    '\ud800',
  ],
  ...[
    'é',
    '\ufeff',
    '$1',
    '\\u0041',
    '\r\n',
    '\t',
    '{}',
    '{{{',
    '}}',
    '',
    '$util.parseJson("x")',
    '$context.requestId',
  ],
  ...['{"a":1}', '[1,2]', 'null', 'true', '𝒳', 'İ', '\b\f', '@@', '%', '&amp;', '<b>'],
];

const BODIES = [
  ...[
    '',
    '{}',
    '[]',
    'null',
    '1',
    '1.0',
    '1e3',
    '1E400',
    '-0',
    '0.1',
    '12345678901234567890',
    '1.10',
    '"x"',
    'true',
  ],
  ...[
    '{"a":{"b":{"c":[[[]]]}}}',
    '{"a":1,"a":2}',
    '{ "a" : 1 , "b":[1, 2 ] }',
    '{"a":"\\u00e9\\/\\u0041"}',
    '{"é":"é"}',
  ],
  ...['{"a":1.0,"b":1E2,"c":100000000000000000000000,"d":0.1e-7}', `${'['.repeat(50)}${']'.repeat(50)}`],
];

/** What a template reads of an answer of Step Functions, in every combination that means something. */
function answersOf({ machines }: App): object[] {
  const states = Object.values(machines).flatMap(({ States }) => Object.values(States));
  const ends = new Set(states.flatMap(({ Error: error = [] }) => error));
  const clauses = states.flatMap(({ Retry = [], Catch = [] }) => [...Retry, ...Catch]);
  const types = new Set(clauses.flatMap(({ ErrorEquals }) => ErrorEquals));
  const cause = (errorType: unknown, errorMessage: unknown): string =>
    JSON.stringify({ errorType, errorMessage, trace: ['Error', '    at x (/var/task/index.js:1:2)'] });
  const failed = (error: unknown, why: unknown): object => ({ status: 'FAILED', error, cause: why });
  const settled = JSON.stringify({
    status: 'FAILED',
    failure: { code: 'SOLD_OUT', detail: `It's "gone" $x` },
  });
  return [
    ...[...ends, 'Other'].flatMap((end) =>
      [...types, 'Other'].map((type) => failed(end, cause(type, `It's "${type}" $x #end \\ é`))),
    ),
    ...[...types].map((type) => failed(type, cause(type, settled))),
    ...[...ends].flatMap((end) =>
      NASTY.flatMap((text) => [failed(end, text), failed(end, cause(end, text))]),
    ),
    ...NASTY.map((text) => ({
      status: 'SUCCEEDED',
      output: JSON.stringify({ purchaseId: text, seats: [text] }),
    })),
    ...[null, 5, '', { a: 1 }].map((message) => failed([...ends][0], cause([...types][0], message))),
    ...[undefined, null, '', '{}', '{not json', '{"a":1}}', '{"errorType":"x'].map((why) =>
      failed([...ends][0], why),
    ),
    ...[
      { status: 'TIMED_OUT' },
      { status: 'SUCCEEDED' },
      { status: 'SUCCEEDED', output: null },
      {},
      { status: 'RUNNING' },
    ],
  ];
}

function casesOf(app: App, runs: number): TemplateCase[] {
  const answers = answersOf(app).map((answer) => JSON.stringify(answer));
  const refusals = ['ThrottlingException', 'a#InvalidExecutionInput', ...NASTY].map((type) =>
    JSON.stringify({ __type: type, message: type }),
  );
  const ofTemplate = ({ name, kind, text }: AppTemplate): TemplateCase[] => {
    const values = NASTY.map((each) =>
      JSON.stringify({
        eventId: each,
        seats: [each, 'A-1'],
        buyer: { name: each, email: null },
        [each]: each,
      }),
    );
    const bodies =
      kind === 'request'
        ? [...BODIES, ...values, ...arbitraryBodies(runs)]
        : [...BODIES, ...answers, ...refusals];
    return [
      ...bodies.map((body) => ({ name: `${name} ${body}`, template: text, body, key: KEY })),
      ...NASTY.map((key) => ({
        name: `${name}, key ${JSON.stringify(key)}`,
        template: text,
        body: '{}',
        key,
      })),
    ];
  };
  const probes = PROBES.map((template) => ({
    name: `probe ${template}`,
    template,
    body: PROBE_BODY,
    key: KEY,
  }));
  // Methods that share a template are one case.
  const distinct = new Map(
    app.mappingTemplates.map((template) => [`${template.kind} ${template.text}`, template]),
  );
  return [...probes, ...[...distinct.values()].flatMap(ofTemplate)];
}

/** The same ones each time. */
function arbitraryBodies(runs: number): string[] {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...NASTY), { maxLength: 5 }).map((parts) => parts.join('')),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      ...[text, fc.integer(), fc.boolean(), fc.constant(null)],
      ...[fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(text, tie('value'), { maxKeys: 4 })],
    ),
  }));
  return fc.sample(value, { numRuns: runs, seed: 7 }).map((each) => JSON.stringify(each));
}

function velocity(version: VelocityVersion): Comparison {
  return {
    name: `velocity-${version}`,
    about: `the REST API's mapping templates, and the language, in Apache Velocity ${version}`,
    named: NAMED,
    async compare({ signal, progress, runs }) {
      progress('synthesising');
      const cases = casesOf(synthesizedApp(), runs);
      progress(`${cases.length} renderings`);
      const given = cases.map(({ template, body, key }) => ({
        template,
        body,
        parameters: parametersOf(key),
        context: CONTEXT,
      }));
      const theirs = await playInJava<Answer>(velocityEngine(version), ['velocity'], given, signal);
      const compared = cases.map((each, index) => {
        const [our, their] = [render(each), theirs[index]!];
        const bothFail = 'error' in our && 'error' in their;
        return {
          name: each.name,
          body: each.body,
          ours: our,
          theirs: their,
          equal: bothFail || isDeepStrictEqual(our, their),
        } satisfies Rendered;
      });
      return { against: `Apache Velocity ${version}`, cases: compared };
    },
  };
}

export const VELOCITY: readonly Comparison[] = [velocity('1.7'), velocity('2.4.1')];

const CONTEXT = {
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  path: '/dev/openapi.json',
  identity: { sourceIp: '127.0.0.1' },
  responseOverride: { header: {} },
};

const parametersOf = (key: string) => ({
  path: {},
  querystring: { q: 'v' },
  header: { 'idempotency-key': key },
});

function render({ template, body, key }: TemplateCase): Answer {
  const context = javaOf(CONTEXT) as JavaMap;
  try {
    const parameters = parametersOf(key);
    const output = renderMappingTemplate(template, { body, parameters, context, stageVariables: {} });
    return { output, override: plainOf(context.get('responseOverride') ?? null) };
  } catch (error) {
    return { error: `${(error as Error).name}: ${(error as Error).message}` };
  }
}

function javaOf(value: unknown): JavaValue {
  if (!isObject(value)) return value as JavaValue;
  return new Map(Object.entries(value).map(([name, each]) => [name, javaOf(each)]));
}

function plainOf(value: JavaValue): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, each]) => [name, plainOf(each)]));
  return value !== null && typeof value === 'object'
    ? Number(String((value as { text?: string }).text))
    : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
