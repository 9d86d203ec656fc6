import { renderMappingTemplate } from '../../../local/api-gateway/mapping-template';
import {
  type JavaMap,
  type JavaValue,
  TemplateFailure,
} from '../../../local/api-gateway/velocity/java-value';
import { UnsupportedLocally } from '../../../local/aws/aws-service';

const PARAMETERS = {
  path: { id: 'p-1', shared: 'path' },
  querystring: { page: '2', shared: 'query' },
  header: { 'idempotency-key': 'key', shared: 'header' },
  headerNames: { 'idempotency-key': 'Idempotency-Key' },
};

function context(): JavaMap {
  return new Map<string, JavaValue>([
    ['requestId', 'r-1'],
    ['responseOverride', new Map([['header', new Map()]])],
    ['identity', new Map([['sourceIp', '127.0.0.1']])],
  ]);
}

function render(template: string, body: unknown = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const scope = { body: text, parameters: PARAMETERS, context: context(), stageVariables: { table: 't' } };
  return renderMappingTemplate(template, scope);
}

describe('values and references', () => {
  test.each([
    ["$input.path('$.json')", { json: { foo: 'bar' } }, '{foo=bar}'],
    ["$input.path('$.json')", { json: [{ foo: 'bar' }] }, '[{"foo":"bar"}]'],
    ["$input.path('$.json')", { json: { foo: [{ nested: 'bar' }] } }, '{foo=[{"nested":"bar"}]}'],
    ["$input.path('$.json')", { json: { bigger: 'dict', to: 'test' } }, '{bigger=dict, to=test}'],
    ["$input.path('$.json').toString()", { json: { list: [{ foo: 'bar' }] } }, '{list=[{"foo":"bar"}]}'],
    ["#set($r = $input.path('$.none'))[$r,$r.nested]", {}, '[,]'],
    ["#set($r = $input.path('$.none'))#if($r == $null)null#end#if($r == '') empty#end", {}, 'null empty'],
    ["#set($r = $input.path('$.list'))$r #if($r == '')empty#end", { list: [] }, '[] '],
    ['$!missing|$!{missing}|$context.authorizer.claims.sub', {}, '||'],
    ['$input.json(\'$.a.b[0]["c d"]\')', { a: { b: [{ 'c d': 'x' }] } }, '"x"'],
    ["$input.json('$.none') $input.json('$.a')", { a: null }, '"" null'],
    ["$input.path('$.a[-1]')", { a: [1, 2] }, '2'],
    ['$input.body', '', '{}'],
    ["$input.json('$')", '', '{}'],
    ['$context.requestId $context.identity.sourceIp $stageVariables.table', {}, 'r-1 127.0.0.1 t'],
  ])('%s of %j renders %s', (template, body, expected) => {
    expect(render(template, body)).toBe(expected);
  });

  test('numbers, key order, repeated keys and __proto__ of the body come back as they went in', () => {
    const body = '{"z":1.0,"10":12345678901234567890,"2":1e400,"__proto__":{"a":-0},"d":1,"d":2}';

    const rendered = render("$input.json('$')", body);

    expect(rendered).toBe('{"z":1.0,"10":12345678901234567890,"2":1e400,"__proto__":{"a":-0},"d":2}');
  });

  test('parameters are looked up in the path, then the query string, then the headers', () => {
    const rendered = render(
      "$input.params('shared') $input.params('page') $input.params('Idempotency-Key') [$input.params('no')]",
    );

    expect(rendered).toBe('path 2 key []');
  });

  test('all parameters are maps by place, which mind the case: headers have the names that the client wrote', () => {
    const rendered = render(
      "#set($all = $input.params())$all.path.id $all.get('querystring').page [$!all.header.get('idempotency-key')] " +
        "$all.header.get('Idempotency-Key') $input.params('path').id #foreach($name in $all.header.keySet())$name,#end",
    );

    expect(rendered).toBe('p-1 2 [] key p-1 Idempotency-Key,shared,');
  });
});

describe('directives', () => {
  test.each([
    ['#foreach($k in $input.path("$").keySet())$k$foreach.index#if($foreach.hasNext),#end#end', 'a0,b1'],
    ['#foreach($e in $input.path("$").entrySet())$e.key=$e.value;#end', 'a=1;b=2;'],
    ['#foreach($v in $input.path("$"))$v $foreach.count|#end$!v', '1 1|2 2|'],
    ['#foreach($i in [1..3])$i#if($i == 2)#break#end,#end!', '1,2!'],
    ['#foreach($i in [1,2])#foreach($j in [1,2])$i$j#if($foreach.last);#end#end#end', '1112;2122;'],
    ['#set($m = {"a": 1, "b": [2, {"c": $input.path("$.b")}]})$m.b[1].c $m', '2 {a=1, b=[2, {c=2}]}'],
    ['#set($l = [])#if($l.add("x"))#end$l.size() $l[0] $l.get(0)', '1 x x'],
    ['#set($m = {})#set($m.a = 1)#set($m["b"] = 2)$m $m.put("a", 3)', '{a=1, b=2} 1'],
    ['#define($line)<$v>#end#set($v = 1)$line#set($v = 2)$line', '<1><2>'],
    ['#if(false)a#elseif(1 > 2 || !$null)b#else c#end', 'b'],
    ['#if($input.path("$.none"))a#{else}b#end', 'b'],
    ['#if(1 < 2 && "a" != "b")yes#end', 'yes'],
    ['#set($s = "n: $input.path(\'$.a\')")$s', 'n: 1'],
    ["#set($s = 'n: $a')$s", 'n: $a'],
    ['#set($n = 7 / 2)$n #set($n = 7 % 4 + 2 * 3)$n #set($s = "a" + 1)$s', '3 9 a1'],
    ['#[[ $raw #if ]]#', ' $raw #if '],
    ['a ## comment\nb #* block *#c', 'a b c'],
    ['{"path": "C:\\dir", "price": "$5"}', '{"path": "C:\\dir", "price": "$5"}'],
  ])('%s renders %s', (template, expected) => {
    expect(render(template, { a: 1, b: 2 })).toBe(expected);
  });

  test('the empty string is true, as in the Velocity of API Gateway', () => {
    expect(render('#set($s = "")#if($s && $s.empty)true#end')).toBe('true');
  });
});

describe('Java methods', () => {
  test.each([
    ['$s.equals("Ab/c")', 'true'],
    ['$s.equalsIgnoreCase("aB/C")', 'true'],
    ['$s.contains("b/")', 'true'],
    ['$s.startsWith("A") $s.endsWith("A")', 'true false'],
    ['$s.isEmpty() $s.length() $s.empty', 'false 4 false'],
    ['$s.matches("[A-Z].") $s.matches("[A-Z].*")', 'false true'],
    ['$s.replace("b", "$0")', 'A$0/c'],
    ['$s.replaceAll("([a-z])", "<$1>") $s.replaceFirst("[a-z]", "")', 'A<b>/<c> A/c'],
    ['$s.replaceAll("/", "\\$")', 'Ab$c'],
    ['$s.toLowerCase() $s.toUpperCase()', 'ab/c AB/C'],
    ['$s.substring(1) $s.substring(1, 2) $s.indexOf("c") $s.indexOf("z")', 'b/c b 3 -1'],
    ['$s.split("/") $s.split("/").size() $s.split("")', '[Ab, c] 2 [A, b, /, c]'],
    ['[$t.trim()]', '[x]'],
    [
      '$m.containsKey("a") $m.get("a") $m.isEmpty() $m.size() $m.keySet() $m.values()',
      'true 1 false 1 [a] [1]',
    ],
    ['$l.contains(1) $l.isEmpty() $l.indexOf(2)', 'true false 1'],
    ['$n.foo().bar()', ''],
    ['$e.replaceAll(".", "x")', 'x'],
  ])('%s renders %s', (template, expected) => {
    const values =
      '#set($s = "Ab/c")#set($t = "\n x ")#set($m = {"a": 1})#set($l = [1, 2])#set($n = $null)#set($e = "🎟")';

    const rendered = render(values + template);

    expect(rendered).toBe(expected);
  });

  test.each(['$s.substring(9)', '$l.get(5)', '$s.replaceAll("a", "$1")', "$util.parseJson('{')"])(
    '%s fails as Java would throw',
    (template) => {
      const act = () => render(`#set($s = "a")#set($l = [])${template}`);

      expect(act).toThrow(TemplateFailure);
    },
  );
});

describe('$util', () => {
  test.each([
    [
      "$util.escapeJavaScript(\"it's a \\ / $input.path('$.t')\")",
      'it\\\'s a \\\\ \\/ \\"\\u00E9\\uD83D\\uDE00\\u2028\\n\\u0001\x7f',
    ],
    ['$util.parseJson(\'{"a": [1, {"b": 2}]}\').a[1].b', '2'],
    ['$util.urlEncode("a b&c=d\'(*)~é")', 'a+b%26c%3Dd%27%28*%29%7E%C3%A9'],
    ["$util.urlDecode('a+b%26%C3%A9')", 'a b&é'],
    ["$util.base64Encode('é') $util.base64Decode('w6k=')", 'w6k= é'],
    ['[$util.escapeJavaScript($none)]', '[]'],
  ])('%s renders %s', (template, expected) => {
    expect(render(template, { t: '"é😀\u2028\n\u0001\x7f' })).toBe(expected);
  });
});

describe('what is not known is refused by name', () => {
  test.each([
    ['$util.toJson($input)', '$util.toJson'],
    ['$util.escapeJavascript("x")', '$util.escapeJavascript'],
    ['$input.foo', '$input.foo'],
    ['$input.foo()', '$input.foo()'],
    ['$input.body.codePointAt(0)', "The method 'codePointAt' of a string"],
    ['$input.path("$").constructor()', "The method 'constructor' of a map"],
    ['$input.body.class', 'Java reflection'],
    ["$input.json('$.a[?(@.b)]')", "JSONPath '$.a[?(@.b)]'"],
    ["$input.json('$..a')", "JSONPath '$..a'"],
    ["$input.json('$.a[*]')", "JSONPath '$.a[*]'"],
    ['$input.body.matches("[a&&b]")', "The Java regular expression '[a&&b]'"],
    ['$input.body.matches("a++")', "The Java regular expression 'a++'"],
    ['#macro(x)a#end', '#macro'],
    ['#include("x")', '#include'],
    ['#parse("x")', '#parse'],
    ['a #stop b', '#stop'],
    // What Velocity 1.7 reads otherwise than this run would.
    ['$missing', '$missing, which nothing sets'],
    ['#set($x = "${missing.y}")', '$missing, which nothing sets'],
    ['#if("")a#end', 'A literal (string) as a condition'],
    ['#if($input.body && 0)a#end', 'A literal (integer) as a condition'],
    ['#if(false)a#elseif("x")b#end', 'A literal (string) as a condition'],
    ['#set($x = "a\\"b")', 'An escaped quote'],
    ['$input.body.replace("\\"", "")', 'An escaped quote'],
    ['costs 5 $', 'ends in $'],
    ['a#', 'ends in #'],
    ['#if(true)a', 'do not pair up'],
    ['a#end b', 'do not pair up'],
    ['#if(', 'does not parse'],
  ])('%s', (template, named) => {
    const act = () => render(template);

    expect(act).toThrow(UnsupportedLocally);
    expect(act).toThrow(named);
  });
});

test('a template overrides status and headers of the response', () => {
  const scope = { body: '{"status":409}', parameters: PARAMETERS, context: context(), stageVariables: {} };

  renderMappingTemplate(
    "#set($context.responseOverride.status = $input.path('$.status'))#set($context.responseOverride.header['X-A'] = \"1\")",
    scope,
  );

  const override = scope.context.get('responseOverride') as JavaMap;
  expect(override.get('status')).toBe(409);
  expect(override.get('header')).toEqual(new Map([['X-A', '1']]));
});

test('a compiled template renders in well under a millisecond', () => {
  const template = `#set($root = $input.path('$'))#foreach($s in $root.seats)#if($s.startsWith("A"))"$util.escapeJavaScript($s)"#if($foreach.hasNext),#end#end#end`;
  const body = JSON.stringify({ seats: ['A-1', 'A-2', 'B-3', 'A-4'] });
  render(template, body);

  const start = performance.now();
  for (let round = 0; round < 1000; round++) render(template, body);
  const milliseconds = (performance.now() - start) / 1000;

  expect(milliseconds).toBeLessThan(1);
});

test('a string of several megabytes is read and escaped', () => {
  const text = '"\\/é'.repeat(500_000);

  const rendered = render('$util.escapeJavaScript($input.json(\'$.t\')).replaceAll("\\\\\'","\'")', {
    t: text,
  });

  expect(JSON.parse(JSON.parse(`"${rendered}"`))).toBe(text);
});
