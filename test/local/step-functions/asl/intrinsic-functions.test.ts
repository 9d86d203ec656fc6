import { machineOf } from '../machine';

const INPUT = {
  list: [1, 2, 2, { a: 1 }, { a: 1 }],
  name: "O'Hara",
  object: { x: null, y: ['z', 1.5] },
  n: 5,
  back: 'C:\\x {}',
};

async function valueOf(call: string): Promise<unknown> {
  const definition = {
    StartAt: 'S',
    States: { S: { Type: 'Pass', Parameters: { 'v.$': call }, End: true } },
  };
  const answer = await machineOf(definition).machine.startSync(INPUT);
  return answer.output === undefined ? answer.error : (JSON.parse(answer.output) as { v: unknown }).v;
}

test.each([
  ["States.Format('Hello {}, {}.', $.name, 1)", "Hello O'Hara, 1."],
  [String.raw`States.Format('it\'s \{\} {} \\', $.n)`, "it's {} 5 \\"],
  ["States.Format('{}|{}', $.object, null)", '{x=null, y=[z, 1.5]}|null'],
  ["States.Format($.back, 'filled')", 'C:\\x filled'],
  ["States.Format('a, (b)')", 'a, (b)'],
  ["States.Format('{}', States.Array(1, 'b', true))", '[1, b, true]'],
  ['States.Array()', []],
  ['States.Array($.n, $.list[0])', [5, 1]],
  ['States.ArrayPartition($.list, 2)', [[1, 2], [2, { a: 1 }], [{ a: 1 }]]],
  ['States.ArrayPartition($.list, 0)', 'States.Runtime'],
  ['States.ArrayContains($.list, States.StringToJson(\'{"a":1}\'))', true],
  ["States.ArrayContains($.list, '1')", false],
  ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
  ['States.ArrayRange(3, 1, -1)', [3, 2, 1]],
  ['States.ArrayRange(1, 2, 0)', 'States.Runtime'],
  ['States.ArrayRange(1, 1001, 1)', 'States.Runtime'],
  ['States.ArrayGetItem($.list, 2)', 2],
  ['States.ArrayGetItem($.list, 5)', 'States.Runtime'],
  ['States.ArrayLength($.list)', 5],
  ['States.ArrayLength($.name)', 'States.Runtime'],
  ['States.ArrayUnique($.list)', [1, 2, { a: 1 }]],
  ["States.Base64Encode('Grüße')", 'R3LDvMOfZQ=='],
  ["States.Base64Decode('R3LDvMOfZQ==')", 'Grüße'],
  ["States.Base64Decode('no base64!')", 'States.Runtime'],
  ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
  ["States.Hash('x', 'CRC')", 'States.Runtime'],
  ['States.JsonMerge($.object, States.StringToJson(\'{"x":1}\'), false)', { x: 1, y: ['z', 1.5] }],
  ['States.JsonMerge($.object, $.object, true)', 'States.Runtime'],
  ['States.JsonToString($.object)', '{"x":null,"y":["z",1.5]}'],
  ["States.StringToJson('{')", 'States.Runtime'],
  ['States.MathAdd($.n, -7)', -2],
  ['States.MathAdd(1.5, 1)', 3],
  ['States.MathAdd(2147483647, 1)', 'States.Runtime'],
  ["States.StringSplit('This.is+a,test=string', '.+,=')", ['This', 'is', 'a', 'test', 'string']],
  ["States.Format('{}')", 'States.Runtime'],
  ["States.Format('{}', $.missing)", 'States.Runtime'],
])('%s is %j', async (call, expected) => {
  expect(await valueOf(call)).toEqual(expected);
});

test('a random number lies from the first to before the second, and a seed repeats it', async () => {
  const drawn = await Promise.all(Array.from({ length: 40 }, () => valueOf('States.MathRandom(1, 3)')));
  const seeded = await Promise.all([1, 2].map(() => valueOf('States.MathRandom(1, 1000000, 42)')));

  expect(new Set(drawn)).toEqual(new Set([1, 2]));
  expect(seeded[0]).toBe(seeded[1]);
  expect(await valueOf('States.MathRandom(3, 3)')).toBe('States.Runtime');
});

test('each call of States.UUID makes another', async () => {
  const [one, other] = await Promise.all([1, 2].map(() => valueOf('States.UUID()')));

  expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(one).not.toBe(other);
});
