import { isDeepStrictEqual } from 'node:util';
import { Fields } from '../../local/step-functions/asl/fields';
import { type Json } from '../../local/step-functions/asl/json';
import { pathOf } from '../../local/step-functions/asl/path';
import { Variables } from '../../local/step-functions/asl/variables';
import { type Comparison } from '../comparison';
import { playInJava, velocityEngine } from '../java-engines';

const DOCUMENT: Json = {
  a: { b: [1, 2, 3], c: 'x', d: null, e: {} },
  items: [
    { id: 'one', price: 5, tags: ['x', 'y'], in: { stock: true } },
    { id: 'two', price: 15.5, in: { stock: false } },
    { id: "it's", price: 25, tags: [], note: null },
  ],
  matrix: [[1, 2], [3], []],
  'odd name': { 'a.b': 1, é: [2] },
  text: 'text',
  number: 5,
  nothing: null,
  empty: [],
};

const BEGINNINGS = [
  '$.a',
  '$.items',
  '$.matrix',
  "$['odd name']",
  '$.text',
  '$.number',
  '$.nothing',
  '$.empty',
  '$.none',
  '$',
];
const STEPS = [
  ...[
    '',
    '.b',
    '.id',
    '.none',
    "['a.b']",
    '["é"]',
    '.*',
    '[*]',
    '[0]',
    '[1]',
    '[-1]',
    '[7]',
    '[-7]',
    '[0,1]',
    '[0,7]',
  ],
  ...[
    '[0:2]',
    '[1:]',
    '[:-1]',
    '[-2:]',
    '[5:9]',
    '..price',
    '..id',
    '..*',
    '..[0]',
    '.in.stock',
    '[*].tags',
    '[*].tags[*]',
  ],
  ...['[0].in.stock', '[1:].price', '..tags[0]', '[*][0]', '[*].in.none'],
];
const FILTERS = [
  ...[
    '@.price',
    '@.tags',
    '@.note',
    '@.in.stock',
    '@.price > 10',
    '@.price >= 15.5',
    '@.price == 5',
    '@.price != 5',
  ],
  ...[
    `@.id == 'two'`,
    `@.id == "it's"`,
    `@.id < 'p'`,
    `@.price < 'p'`,
    '@.note == null',
    '@.in.stock == true',
    '@.tags[0]',
  ],
  ...[
    `@.price > 1 && @.id == 'one'`,
    `@.price < 6 || @.price > 20`,
    '!(@.price > 10)',
    `(@.price > 10 || @.tags) && @.id`,
  ],
];

const PATHS = [
  ...BEGINNINGS.flatMap((beginning) => STEPS.map((step) => beginning + step)),
  ...FILTERS.flatMap((filter) =>
    ['$.items', '$.a', '$.matrix', '$.text'].map((from) => `${from}[?(${filter})]`),
  ),
  ...FILTERS.map((filter) => `$.items[?(${filter})].id`),
];

/** Step Functions evaluates paths by Jayway's rules: "Using JSONPath paths", which links to that library. */
export const JSON_PATH: Comparison = {
  name: 'json-path',
  about: 'the paths of state machines in Jayway JsonPath',
  named: [
    {
      name: 'A `..` visits what it finds in another order: Jayway goes through the levels, here through the branches.',
      explains: ({ name, ours, theirs }) =>
        name.includes('..') && isDeepStrictEqual(sorted(ours), sorted(theirs)),
    },
  ],
  async compare({ signal, progress }) {
    progress(`${PATHS.length} paths`);
    const cases = PATHS.map((path) => ({ path, document: JSON.stringify(DOCUMENT) }));
    const theirs = await playInJava<{ value?: Json; error?: string }>(
      velocityEngine('1.7'),
      ['json-path'],
      cases,
      signal,
    );
    const compared = PATHS.map((name, index) => {
      const [our, their] = [
        select(name),
        theirs[index]!.error === undefined ? theirs[index]!.value : 'nothing',
      ];
      return { name, ours: our, theirs: their, equal: isDeepStrictEqual(our, their) };
    });
    return { against: 'Jayway JsonPath 2.9.0', cases: compared };
  },
};

function select(path: string): Json {
  const scope = { context: {}, variables: new Variables() };
  const value = pathOf(path, new Fields({}, path)).read(DOCUMENT, scope);
  return value === undefined ? 'nothing' : value;
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value;
}
