/** An event with this `detail`. */
export const detail = (value: object) => ({ source: 'shop', detail: value });

/**
 * Pattern, what matches, what does not: the examples of "Creating Amazon EventBridge event patterns", "Comparison operators for use in
 * event patterns" and "Amazon EventBridge event patterns: null values and empty strings, arrays" (user guide, read November 2026), and
 * what aws/event-ruler's README adds.
 */
export const MATCHES: readonly (readonly [
  name: string,
  pattern: object,
  matching: readonly object[],
  others: readonly object[],
])[] = [
  [
    'one of several values',
    { state: ['a', 'b'] },
    [{ state: 'a' }, { state: 'b' }],
    [{ state: 'c' }, { state: 'A' }, {}],
  ],
  ['several fields', { a: ['x'], b: ['y'] }, [{ a: 'x', b: 'y' }], [{ a: 'x' }, { a: 'x', b: 'x' }]],
  [
    'nested fields',
    { a: { b: ['x'] } },
    [{ a: { b: 'x' } }],
    [{ a: 'x' }, { b: 'x' }, { a: { c: { b: 'x' } } }],
  ],
  ['a number', { n: [100] }, [{ n: 100 }, { n: 1e2 }], [{ n: '100' }, { n: 101 }]],
  ['true and false', { f: [true] }, [{ f: true }], [{ f: false }, { f: 'true' }, {}]],
  ['null', { id: [null] }, [{ id: null }], [{ id: '' }, { id: 'null' }, {}]],
  ['the empty string', { id: [''] }, [{ id: '' }], [{ id: null }, { id: ' ' }, {}]],
  [
    'an array in the event',
    { ids: ['a', 'b'] },
    [{ ids: ['x', 'b'] }, { ids: 'a' }],
    [{ ids: ['x'] }, { ids: [] }],
  ],
  ['an array in an array', { ids: ['a'] }, [{ ids: [['a'], ['b']] }], [{ ids: [['b']] }]],

  [
    'prefix',
    { time: [{ prefix: '2017-10-02' }] },
    [{ time: '2017-10-02T18:43:48Z' }],
    [{ time: '2017-10-03' }, { time: 2017 }],
  ],
  [
    'prefix, ignoring case',
    { s: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    [{ s: 'EVENTBRIDGE' }, { s: 'eventb' }],
    [{ s: 'event' }],
  ],
  ['suffix', { f: [{ suffix: '.png' }] }, [{ f: 'a.png' }], [{ f: 'a.PNG' }, { f: 'a.png.gz' }]],
  [
    'suffix, ignoring case',
    { f: [{ suffix: { 'equals-ignore-case': '.png' } }] },
    [{ f: 'a.PNG' }],
    [{ f: 'png' }],
  ],
  [
    'equals, ignoring case',
    { n: [{ 'equals-ignore-case': 'alice' }] },
    [{ n: 'ALICE' }],
    [{ n: 'alicea' }, { n: 1 }],
  ],
  ['exactly', { n: [{ exactly: 'a' }] }, [{ n: 'a' }], [{ n: 'b' }]],

  [
    'anything but a text',
    { s: [{ 'anything-but': 'init' }] },
    [{ s: 'run' }, { s: 1 }, { s: null }, { s: ['init', 'run'] }],
    [{ s: 'init' }, {}, { s: [] }],
  ],
  ['anything but texts', { s: [{ 'anything-but': ['a', 'b'] }] }, [{ s: 'c' }], [{ s: 'a' }, { s: 'b' }]],
  ['anything but a number', { n: [{ 'anything-but': 123 }] }, [{ n: 124 }, { n: '123' }], [{ n: 123 }]],
  ['anything but numbers', { n: [{ 'anything-but': [100, 200] }] }, [{ n: 300 }], [{ n: 200 }]],
  [
    'anything but a prefix',
    { s: [{ 'anything-but': { prefix: 'us-' } }] },
    [{ s: 'eu-west-1' }, { s: 7 }],
    [{ s: 'us-east-1' }],
  ],
  [
    'anything but prefixes',
    { s: [{ 'anything-but': { prefix: ['a', 'b'] } }] },
    [{ s: 'c' }],
    [{ s: 'ab' }, { s: 'ba' }],
  ],
  [
    'anything but a suffix',
    { s: [{ 'anything-but': { suffix: '.png' } }] },
    [{ s: 'a.txt' }],
    [{ s: 'a.png' }],
  ],
  [
    'anything but suffixes',
    { s: [{ 'anything-but': { suffix: ['1', '2'] } }] },
    [{ s: 'x3' }],
    [{ s: 'x2' }],
  ],
  [
    'anything but, ignoring case',
    { s: [{ 'anything-but': { 'equals-ignore-case': ['stop', 'over'] } }] },
    [{ s: 'run' }],
    [{ s: 'STOP' }, { s: 'Over' }],
  ],
  [
    'anything but a wildcard',
    { s: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
    [{ s: '/bin/x' }],
    [{ s: '/a/lib/x' }],
  ],

  [
    'more and at most',
    { n: [{ numeric: ['>', 0, '<=', 5] }] },
    [{ n: 5 }, { n: 0.1 }],
    [{ n: 0 }, { n: 5.1 }, { n: '3' }],
  ],
  ['less', { n: [{ numeric: ['<', 10] }] }, [{ n: 9 }, { n: -1e9 }], [{ n: 10 }]],
  ['equal, written as a power', { n: [{ numeric: ['=', 3.018e2] }] }, [{ n: 301.8 }], [{ n: 301 }]],
  ['at least', { n: [{ numeric: ['>=', -2.5] }] }, [{ n: -2.5 }], [{ n: -2.6 }]],

  [
    'exists',
    { n: [{ exists: true }] },
    [{ n: 1 }, { n: null }, { n: '' }],
    [{}, { n: {} }, { n: [] }, { n: { a: 1 } }],
  ],
  ['does not exist', { n: [{ exists: false }] }, [{}, { n: [] }, { n: { a: 1 } }], [{ n: 1 }, { n: null }]],
  ['a value, or nothing', { n: [{ exists: false }, 'x'] }, [{}, { n: 'x' }], [{ n: 'y' }]],

  [
    'an IPv4 block',
    { ip: [{ cidr: '10.0.0.0/24' }] },
    [{ ip: '10.0.0.255' }],
    [{ ip: '10.0.1.0' }, { ip: 'x' }],
  ],
  [
    'an IPv6 block',
    { ip: [{ cidr: '2001:db8::/32' }] },
    [{ ip: '2001:db8:1::1' }],
    [{ ip: '2001:db9::' }, { ip: '10.0.0.1' }],
  ],

  [
    'wildcard',
    { s: [{ wildcard: 'dir/*.png' }] },
    [{ s: 'dir/a/b.png' }, { s: 'dir/.png' }],
    [{ s: 'dir/a.pngx' }, { s: 'xdir/a.png' }],
  ],
  ['a wildcard over a line', { s: [{ wildcard: 'a*b' }] }, [{ s: 'a\nb' }], [{ s: 'ab\n' }]],
  ['an asterisk in a wildcard', { s: [{ wildcard: 'a\\*b*\\\\' }] }, [{ s: 'a*b-\\' }], [{ s: 'axb\\' }]],
  [
    'a wildcard with what a regular expression means',
    { s: [{ wildcard: 'a.b(c)*[d]' }] },
    [{ s: 'a.b(c)x[d]' }],
    [{ s: 'axb(c)x[d]' }],
  ],

  [
    'one of two fields',
    { $or: [{ a: ['x'] }, { b: [{ numeric: ['>', 1] }] }] },
    [{ a: 'x' }, { b: 2 }],
    [{ a: 'y', b: 1 }, {}],
  ],
  [
    'one of two fields, and another',
    { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] },
    [{ c: 'z', b: 'y' }],
    [{ c: 'z' }, { a: 'x' }],
  ],
  [
    'two either-ors',
    { $or: [{ a: [1] }, { b: [1] }], x: { $or: [{ c: [1] }, { d: [1] }] } },
    [{ a: 1, x: { d: 1 } }],
    [{ a: 1 }, { x: { c: 1 } }],
  ],
  ['an and in an or', { $or: [{ a: [1], b: [1] }, { c: [1] }] }, [{ a: 1, b: 1 }, { c: 1 }], [{ a: 1 }]],

  [
    'fields of the same element of an array',
    { seats: { row: ['A'], price: [5] } },
    [
      {
        seats: [
          { row: 'B', price: 5 },
          { row: 'A', price: 5 },
        ],
      },
    ],
    [
      {
        seats: [
          { row: 'A', price: 4 },
          { row: 'B', price: 5 },
        ],
      },
    ],
  ],
  [
    'a field of an element and one beside the array',
    { seats: { row: ['A'] }, id: [1] },
    [{ id: 1, seats: [{ row: 'B' }, { row: 'A' }] }],
    [{ id: 2, seats: [{ row: 'A' }] }],
  ],
];

/** Name, text of a pattern, and the reason for which it is refused. */
export const REFUSED: readonly (readonly [name: string, pattern: string, reason: string])[] = [
  ['not JSON', '{', 'Filter is not valid JSON'],
  ['an array', '[]', 'Filter is not an object'],
  ['an empty object', '{}', 'Empty objects are not allowed'],
  ['an empty object within', '{"a":{}}', 'Empty objects are not allowed'],
  ['a value that is no array', '{"a":"x"}', '"a" must be an object or an array'],
  ['an empty array', '{"a":[]}', 'Empty arrays are not allowed'],
  ['an array in an array', '{"a":[["x"]]}', 'Match value must be String, number, true, false, or null'],
  ['an unknown operator', '{"a":[{"contains":"x"}]}', 'Unrecognized match type contains'],
  ['no operator', '{"a":[{}]}', 'Match expression name not found'],
  ['two operators', '{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression'],
  ['a prefix of a number', '{"a":[{"prefix":1}]}', 'prefix match pattern must be a string'],
  [
    'a prefix of what it cannot be',
    '{"a":[{"prefix":{"suffix":"x"}}]}',
    'Unsupported prefix pattern: suffix',
  ],
  ['exists of a text', '{"a":[{"exists":"true"}]}', 'exists match pattern must be either true or false.'],
  ['a mixed list', '{"a":[{"anything-but":["x",1]}]}', 'mixed type is not supported'],
  ['an empty list', '{"a":[{"anything-but":[]}]}', 'either all values are number or string'],
  ['anything but null', '{"a":[{"anything-but":null}]}', 'must be an array or single string/number value'],
  [
    'anything but numeric',
    '{"a":[{"anything-but":{"numeric":["=",1]}}]}',
    'Unsupported anything-but pattern: numeric',
  ],
  [
    'anything but the empty prefix',
    '{"a":[{"anything-but":{"prefix":""}}]}',
    'Null prefix/suffix not allowed',
  ],
  ['two wildcards in a row', '{"a":[{"wildcard":"a**b"}]}', 'Consecutive wildcard characters at pos 2'],
  ['a wrong escape', '{"a":[{"wildcard":"a\\\\b"}]}', 'Invalid escape character at pos 2'],
  ['numeric of a text', '{"a":[{"numeric":["=","1"]}]}', 'Value of equals must be numeric'],
  [
    'a range that begins at its end',
    '{"a":[{"numeric":["<",1,">",0]}]}',
    'Too many elements in numeric expression',
  ],
  ['an empty range', '{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top'],
  [
    'an operator that numbers do not have',
    '{"a":[{"numeric":["!=",1]}]}',
    'Unrecognized numeric range operator: !=',
  ],
  ['a block without a slash', '{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
  ['a block of one address', '{"a":[{"cidr":"10.0.0.0/32"}]}', 'IPv4 mask bits must be < 32'],
  ['a block of names', '{"a":[{"cidr":"host/8"}]}', 'Nonstandard IP address: host'],
  ['an or of one', '{"$or":[{"a":["x"]}]}', 'There must have at least 2 Objects in $or relationship.'],
  ['an or of an object', '{"$or":{"a":["x"]}}', 'It must be an Array followed with $or.'],
  ['an or of texts', '{"$or":["a","b"]}', 'Only JSON object is allowed in array of $or relationship.'],
  ['an operator as a field in an or', '{"$or":[{"prefix":["x"]},{"a":["x"]}]}', 'Ruler reserved fieldName'],
];
